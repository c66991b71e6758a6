// SPDX-License-Identifier: GPL-3.0-or-later
// Generated: the texts of the shipped presets (resources/presets), for the translation tools.
// tst_translation compares it with its source and writes what it has to be.
// clang-format off
#include <QtGlobal>

namespace batlab::views {

extern const char *const kPresetTexts[];
const char *const kPresetTexts[] = {
    QT_TRANSLATE_NOOP("presets", "RTN (OCP)"),
    QT_TRANSLATE_NOOP("presets", "Every weight and activation to its nearest code, scales by the OCP text. The usual published baseline."),
    QT_TRANSLATE_NOOP("presets", "RTN"),
    QT_TRANSLATE_NOOP("presets", "Every weight and activation to its nearest code, with the scale rule that clips least (block maximum up to 7.25)."),
    QT_TRANSLATE_NOOP("presets", "SmoothQuant"),
    QT_TRANSLATE_NOOP("presets", "Scales of the channels move magnitude from activations to weights, folded into the norms before q, k, v and before gate, up; weights to their nearest codes. Only the ratios within a block matter to a block format."),
    QT_TRANSLATE_NOOP("presets", "AWQ"),
    QT_TRANSLATE_NOOP("presets", "Channels are scaled by a power of their mean magnitude; the power is searched, site by site, for the smallest error of what attention or the MLP adds to the stream when the site's weights are rounded. Folded into norms, V and up. Then the largest weights of every block are clipped as far as that lowers the output error."),
    QT_TRANSLATE_NOOP("presets", "H32"),
    QT_TRANSLATE_NOOP("presets", "A fixed 32-point Hadamard rotation of every block at the inputs of all linears, weights rounded to nearest."),
    QT_TRANSLATE_NOOP("presets", "GPTQ"),
    QT_TRANSLATE_NOOP("presets", "Column by column with error feedback, static block scales, columns by falling activation energy. No transform."),
    QT_TRANSLATE_NOOP("presets", "GPTQ, asymmetric target"),
    QT_TRANSLATE_NOOP("presets", "GPTQ whose target is not the weight but one that gives on the quantized stream what the weight gives on the full-precision stream; a quarter of that correction is taken. No transform."),
    QT_TRANSLATE_NOOP("presets", "AutoRound"),
    QT_TRANSLATE_NOOP("presets", "Learned rounding without a transform: an offset of every code and a shrinkage of every block's maximum are trained on each layer's output by signed gradients, from nearest rounding."),
    QT_TRANSLATE_NOOP("presets", "MR-GPTQ"),
    QT_TRANSLATE_NOOP("presets", "32-point Hadamard rotation of every block at T1 to T4, then GPTQ. Its own contract scales by 3/4 before rounding."),
    QT_TRANSLATE_NOOP("presets", "QuaRot"),
    QT_TRANSLATE_NOOP("presets", "One random Hadamard rotation of the residual stream, fused into all linears; a Hadamard rotation of every head of V, fused into V and o; Hadamard rotations across the heads and of the MLP's hidden channels online; then GPTQ."),
    QT_TRANSLATE_NOOP("presets", "SpinQuant"),
    QT_TRANSLATE_NOOP("presets", "QuaRot's rotations of the residual stream and of every head of V, learned end to end by Cayley SGD through the network with quantized activations and 16-bit weights; Hadamard rotations of the MLP's hidden channels and of cached keys online; then GPTQ."),
    QT_TRANSLATE_NOOP("presets", "BRQ"),
    QT_TRANSLATE_NOOP("presets", "QuaRot's graph with every rotation kept within blocks of 32: one random-sign Hadamard block repeated over the residual stream and one over the heads of V, both fused; H32 online before down only; then GPTQ."),
    QT_TRANSLATE_NOOP("presets", "BRQ (learned)"),
    QT_TRANSLATE_NOOP("presets", "BRQ with learned rotations: one block of 32 x 32 for the whole residual stream and blocks of 32 within each layer's heads of V, trained end to end by Cayley SGD through the network with quantized activations and 16-bit weights; H32 online before down; then GPTQ."),
    QT_TRANSLATE_NOOP("presets", "FlatQuant (MX)"),
    QT_TRANSLATE_NOOP("presets", "Learned Kronecker products over the whole width of every site, a learned diagonal folded into norms and up, learned clipping of activations (one pair a site) and of weight rows, trained layer by layer on the full-precision stream."),
    QT_TRANSLATE_NOOP("presets", "DuQuant"),
    QT_TRANSLATE_NOOP("presets", "SmoothQuant's diagonal with exponent 0.6, channels dealt evenly over the blocks at T4 and within heads at T2, then one rotation per block that greedily spreads its largest channels; weights to their nearest codes."),
    QT_TRANSLATE_NOOP("presets", "BATQuant (paper)"),
    QT_TRANSLATE_NOOP("presets", "Learned block-affine transforms with shared and private Kronecker factors (8 x 4) and block clipping, trained layer by layer on the full-precision stream, then GPTQ on the quantized one. What the paper leaves open is set as it most likely was: no diagonal, random rotations at the start, straight-through gradients without a mask."),
    QT_TRANSLATE_NOOP("presets", "WUSH"),
    QT_TRANSLATE_NOOP("presets", "A private 32 x 32 matrix for every block, in closed form: it gives activations and weights of the block the same second moments, then a Hadamard matrix flattens them. GPTQ follows. No training."),
    QT_TRANSLATE_NOOP("presets", "HiRes"),
    QT_TRANSLATE_NOOP("presets", "A private 32 x 32 matrix for every block from the arithmetic mean of the activations' moments and the inverse of the weights', condition number at most 8, then a Hadamard matrix and GPTQ. At run time one activation code of a block moves by one step where that lowers the output error. Bounded affine corrections of V and of the gated MLP, fitted to the encoded layer, become gains and biases."),
    QT_TRANSLATE_NOOP("presets", "Diagonal + H32"),
    QT_TRANSLATE_NOOP("presets", "The balanced diagonal (B_jj/A_jj)^0.25 folded into the producers, then H32 and GPTQ. Shows what learned blocks add over a diagonal."),
    QT_TRANSLATE_NOOP("presets", "BATQuant"),
    QT_TRANSLATE_NOOP("presets", "The balanced diagonal folded into the producers, then block-affine transforms with shared and private Kronecker factors (8 x 4) that start at the closed form and are trained layer by layer on the quantized stream, then GPTQ."),
    QT_TRANSLATE_NOOP("presets", "BATQuant, RTN weights"),
    QT_TRANSLATE_NOOP("presets", "The same as bat with weights rounded to nearest, so that the table shows what GPTQ adds."),
    QT_TRANSLATE_NOOP("presets", "BAT+"),
    QT_TRANSLATE_NOOP("presets", "The balanced diagonal, closed-form block-affine transforms (8 x 4) and GPTQ in one layer pass; then the activation side is tuned end to end on the divergence from the full-precision model, without labels and with all weight codes and block scales standing still: transform factors, one bias and one gain a linear output, norm weights. No extra matrix product runs online."),
    QT_TRANSLATE_NOOP("presets", "BAT+ refined"),
    QT_TRANSLATE_NOOP("presets", "BAT+ with a choice of activation codes that minds the output: at run time one code of every block may move a step on its grid where that lowers the error which rounding the block adds to the tuned linears' outputs. It costs one 32 x 32 matrix a block and site beside the transform; no file format carries it."),
    QT_TRANSLATE_NOOP("presets", "BAT+ low rank"),
    QT_TRANSLATE_NOOP("presets", "BAT+ with a bf16 branch of rank 16 beside every linear: it takes the largest singular directions of the transformed weight and reads the unquantized numbers, so that the codes hold only the rest. The branch is tuned end to end too. It costs 16 x (in + out) multiply-adds a linear."),
};

} // namespace batlab::views
