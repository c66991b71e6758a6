// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/folded_basis.h"

#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

namespace batlab::calib {

namespace {

/// Every head's channels times its group's matrix; x [.., kvHeads * group * headDim].
at::Tensor byHeads(const at::Tensor &x, const at::Tensor &matrices)
{
    const std::int64_t headDim = matrices.size(1);
    return at::matmul(x.reshape({ -1, matrices.size(0), x.size(-1) / (matrices.size(0) * headDim),
                                  headDim }),
                      matrices.to(x.options()))
        .view(x.sizes());
}

} // namespace

void FoldedBasis::turnValues(std::int64_t kvHeads, const at::Tensor &factor)
{
    const at::Tensor each =
        factor.to(at::kCPU, at::kDouble).expand({ kvHeads, factor.size(-2), factor.size(-1) });
    values = values.defined() ? at::matmul(values, each) : each.contiguous();
}

at::Tensor FoldedBasis::apply(Site site, const at::Tensor &x) const
{
    if ((site == Site::t1 || site == Site::t3) && residual.defined())
        return residual.apply(x);
    if (site == Site::t2 && values.defined())
        return byHeads(x, values);
    if (site == Site::t4 && downOrder.defined())
        return x.index_select(-1, downOrder.to(x.device()));
    return x;
}

at::Tensor FoldedBasis::undo(Site site, const at::Tensor &x) const
{
    if ((site == Site::t1 || site == Site::t3) && residual.defined())
        return residual.undo(x);
    if (site == Site::t2 && values.defined())
        return byHeads(x, at::linalg_inv(values));
    if (site == Site::t4 && downOrder.defined())
        return x.index_select(-1, downOrder.argsort().to(x.device()));
    return x;
}

Part FoldedBasis::toPart() const
{
    Part part;
    part.kind = "folded-basis";
    if (downOrder.defined()) // by name
        part.tensors.push_back(toNamed("down_order", downOrder.to(at::kDouble)));
    if (values.defined())
        part.tensors.push_back(toNamed("values", values));
    return part;
}

Result<FoldedBasis> FoldedBasis::fromPart(const Part &part)
{
    FoldedBasis out;
    for (const auto &[name, to] :
         { std::pair("values", &out.values), std::pair("down_order", &out.downOrder) }) {
        const NamedTensor *named = part.find(name);
        if (named == nullptr)
            continue;
        Result<at::Tensor> tensor = toTensor(*named);
        if (!tensor)
            return tensor.error();
        *to = *std::move(tensor);
    }
    if (out.downOrder.defined())
        out.downOrder = out.downOrder.to(at::kLong);
    return out;
}

} // namespace batlab::calib
