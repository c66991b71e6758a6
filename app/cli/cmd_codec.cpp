// SPDX-License-Identifier: Apache-2.0
#include "app/cli/common.h"
#include "core/spec/format_names.h"
#include "kernels/backend.h"
#include "sessions/tensor_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace batlab::cli {

namespace {

struct Options
{
    std::string format = "mxfp4", rule = "uos", ties = "even", in, out;
};

struct Encoded
{
    std::vector<std::uint8_t> codes, scales; ///< [rows, cols], [rows, blocks]
    std::vector<float> dequantized; ///< [rows, cols]
    std::int64_t blocks = 0;
    float tensorScale = 1;
};

Encoded encode(const NamedMatrix &in, kernels::QuantSpec spec, const kernels::Exec &exec)
{
    Encoded out;
    if (spec.format == kernels::Format::nvfp4) { // g = 448 * 6 / amax of the tensor
        float amax = 0;
        for (const float value : in.values)
            if (std::isfinite(value))
                amax = std::max(amax, std::abs(value));
        spec.tensorScale = amax > 0 ? 448.0F * 6.0F / amax : 1.0F;
        out.tensorScale = spec.tensorScale;
    }
    const std::int64_t size = kernels::blockSize(spec.format);
    out.blocks = (in.cols + size - 1) / size;
    std::vector<std::uint8_t> padded(static_cast<std::size_t>(in.rows * out.blocks * size));
    out.scales.resize(static_cast<std::size_t>(in.rows * out.blocks));
    out.dequantized.resize(in.values.size());
    const kernels::Backend &backend = kernels::cpu();
    const kernels::ConstMatrix matrix { in.values.data(), kernels::DType::f32, in.rows, in.cols,
                                        in.cols };
    backend.quantize(matrix, spec, padded.data(), out.scales.data(), exec);
    backend.dequantize(padded.data(), out.scales.data(), spec,
                       { out.dequantized.data(), kernels::DType::f32, in.rows, in.cols, in.cols },
                       exec);
    out.codes.resize(in.values.size());
    for (std::int64_t r = 0; r < in.rows; ++r)
        std::copy_n(padded.data() + r * out.blocks * size, in.cols, out.codes.data() + r * in.cols);
    return out;
}

void codec(const Common &common, const Options &options)
{
    const kernels::QuantSpec spec = quantSpec(options.format, options.rule, options.ties).orThrow();
    const auto inputs = readMatrices(options.in, "input").orThrow();
    kernels::Exec exec;
    exec.threads = common.threadCount();
    TensorFileWriter writer = TensorFileWriter::create(options.out).orThrow();
    Json groups = Json::array();
    for (const NamedMatrix &in : inputs) {
        const Encoded out = encode(in, spec, exec);
        writer.write(in.group, "dequantized", "f32", { in.rows, in.cols }, out.dequantized.data())
            .orThrow();
        writer.write(in.group, "scales", "u8", { in.rows, out.blocks }, out.scales.data())
            .orThrow();
        writer.write(in.group, "codes", "u8", { in.rows, in.cols }, out.codes.data()).orThrow();
        if (spec.format == kernels::Format::nvfp4)
            writer.write(in.group, "tensor_scale", "f32", { 1 }, &out.tensorScale).orThrow();
        groups.push_back({ { "group", in.group },
                           { "rows", in.rows },
                           { "columns", in.cols },
                           { "blocks", out.blocks } });
    }
    writer.commit().orThrow();
    printLine(common,
              fmt::format("{} matrices as {} ({}, ties {}) in {}", inputs.size(), options.format,
                          options.rule, options.ties, options.out));
    printJson(common,
              { { "out", options.out },
                { "format", options.format },
                { "rule", options.rule },
                { "ties", options.ties },
                { "groups", groups } });
}

} // namespace

void addCodec(CLI::App &app, Common &common)
{
    auto options = std::make_shared<Options>();
    CLI::App *verb = app.add_subcommand(
        "codec", "The bare quantizer on matrices of an HDF5 file, for conformance tests");
    verb->add_option("--format", options->format, "Element format (mxfp4)")
        ->check(CLI::IsMember(formatNames()));
    verb->add_option("--rule", options->rule, "Scale rule (uos)")
        ->check(CLI::IsMember(scaleRuleNames()));
    verb->add_option("--ties", options->ties, "Where exact ties go (even)")
        ->check(CLI::IsMember(tiesNames()));
    verb->add_option("IN", options->in, "HDF5 file; every group with a dataset input [rows, n]")
        ->required();
    verb->add_option("OUT", options->out, "HDF5 file to write: dequantized, scales, codes")
        ->required();
    verb->callback([&common, options] { codec(common, *options); });
}

} // namespace batlab::cli
