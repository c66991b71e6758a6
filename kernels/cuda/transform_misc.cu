// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gpk_plan.h"
#include "kernels/cuda/hadamard_rows.h"
#include "kernels/cuda/runtime.h"
#include "kernels/cuda/transform_ops.h"

/// Hadamard rows, small inverses, AdamW.
namespace batlab::kernels::cuda {

namespace {

// --- Hadamard ----------------------------------------------------------------------------------

__global__ void __launch_bounds__(hadamardThreads)
    hadamardKernel(const __grid_constant__ HadamardRows op)
{
    extern __shared__ float tile[];
    __shared__ std::int64_t at[hadamardMostRows][2];
    BlockGroup group(static_cast<int>(threadIdx.x), static_cast<int>(blockDim.x));
    const std::int64_t together = blockDim.x * hadamardLane >> op.stages;
    const std::int64_t total = op.x.rows * (op.x.cols >> op.stages);
    for (std::int64_t first = blockIdx.x * together; first < total; first += gridDim.x * together) {
        hadamardTile(group, op, first, tile, at);
    }
}

// --- small inverses ----------------------------------------------------------------------------

struct InverseJobs
{
    InverseJob job[maxInverseJobs];
    std::int64_t first[maxInverseJobs + 1]; ///< matrices before job j
    int count;
};

__global__ void __launch_bounds__(32)
    inverseKernel(const __grid_constant__ InverseJobs jobs, InverseInfo *info)
{
    __shared__ InverseScratch shared;
    const std::int64_t matrix = blockIdx.x;
    int j = 0;
    while (matrix >= jobs.first[j + 1]) {
        ++j;
    }
    const InverseJob &job = jobs.job[j];
    const std::int64_t at = (matrix - jobs.first[j]) * job.n * job.n;
    WarpGroup group(static_cast<int>(threadIdx.x));
    invertMatrix(group, shared, job.in + at, job.n, job.transpose, job.out + at,
                 info != nullptr ? info + matrix : nullptr);
}

// --- AdamW -------------------------------------------------------------------------------------

/// Sum of squares of the block's share, in fp64; block 0 counts the step.
__global__ void __launch_bounds__(adamThreads)
    adamNormKernel(const float *gradients, std::int64_t count, double *partial, std::int64_t *step)
{
    __shared__ double sums[adamThreads];
    const int thread = static_cast<int>(threadIdx.x);
    double sum = 0.0;
    for (std::int64_t i = std::int64_t { blockIdx.x } * adamThreads + thread; i < count;
         i += std::int64_t { adamBlocks } * adamThreads) {
        const auto g = static_cast<double>(gradients[i]);
        sum += g * g;
    }
    sums[thread] = sum;
    __syncthreads();
    for (int stride = adamThreads / 2; stride > 0; stride /= 2) {
        if (thread < stride) {
            sums[thread] += sums[thread + stride];
        }
        __syncthreads();
    }
    if (thread == 0) {
        partial[blockIdx.x] = sums[0];
        if (blockIdx.x == 0) {
            ++*step;
        }
    }
}

struct AdamArgs
{
    float *parameters;
    const float *gradients;
    float *m, *v;
    std::int64_t count;
    const AdamSegment *segments;
    int segmentCount;
    AdamSettings settings;
    const double *partial;
    const float *loss;
    const std::int64_t *step;
};

__global__ void __launch_bounds__(adamThreads) adamKernel(const __grid_constant__ AdamArgs p)
{
    __shared__ AdamStep step;
    if (!mayStep(p.loss)) { // all threads alike
        return;
    }
    if (threadIdx.x == 0) {
        double norm2 = 0.0;
        for (int i = 0; i < adamBlocks; ++i) {
            norm2 += p.partial[i];
        }
        step = adamStep(p.settings, *p.step - 1, norm2);
    }
    __syncthreads();
    for (std::int64_t i = std::int64_t { blockIdx.x } * adamThreads + threadIdx.x; i < p.count;
         i += std::int64_t { gridDim.x } * adamThreads) {
        const AdamSegment &segment = p.segments[adamSegmentOf(p.segments, p.segmentCount, i)];
        adamUpdate(p.settings, step, segment, p.gradients[i], p.parameters[i], p.m[i], p.v[i]);
    }
}

} // namespace

void hadamardRowsTransform(ConstMatrix x, int n, const QuantSpec *spec, Matrix out,
                           const Exec &exec)
{
    if (n < 64 || n > 4096 || (n & (n - 1)) != 0 || x.cols % n != 0) {
        refuse("n must be a power of two from 64 to 4096 that divides the columns", "hadamard");
        return;
    }
    const LaunchPlan plan = planHadamard(x.rows * (x.cols / n), n, currentDevice());
    if (plan.empty()) {
        return;
    }
    const HadamardRows op { x,
                            out,
                            log2Of(n),
                            hadamardFactor(n),
                            spec != nullptr,
                            spec != nullptr ? quantConstants(*spec) : QuantConstants {} };
    hadamardKernel<<<gridOf(plan), blockOf(plan), plan.sharedBytes, streamOf(exec)>>>(op);
    checkLaunch("hadamard");
}

void smallInverses(const InverseJob *jobs, int jobCount, InverseInfo *info, const Exec &exec)
{
    InverseJobs args {};
    args.count = jobCount;
    bool good = jobCount >= 0 && jobCount <= maxInverseJobs;
    for (int j = 0; good && j < jobCount; ++j) {
        args.job[j] = jobs[j];
        args.first[j + 1] = args.first[j] + jobs[j].count;
        good = jobs[j].n >= 1 && jobs[j].n <= maxInverse && jobs[j].count >= 0;
    }
    if (!good || args.first[jobCount] > maxGridX) {
        refuse("matrices of 1 to 32 rows in at most 16 jobs", "smallInverses");
        return;
    }
    const auto matrices = static_cast<unsigned>(args.first[jobCount]);
    if (matrices > 0) {
        inverseKernel<<<matrices, 32, 0, streamOf(exec)>>>(args, info);
        checkLaunch("smallInverses");
    }
}

void adamWStep(float *parameters, const float *gradients, float *m, float *v, std::int64_t count,
               const AdamSegment *segments, int segmentCount, const AdamSettings &settings,
               const float *loss, std::int64_t *step, const Exec &exec)
{
    if (count <= 0) {
        return;
    }
    const Scratch scratch(exec, adamScratchBytes, "adamWStep");
    if (scratch.data() == nullptr) {
        return;
    }
    adamNormKernel<<<adamBlocks, adamThreads, 0, streamOf(exec)>>>(gradients, count,
                                                                   scratch.as<double>(), step);
    if (!checkLaunch("adamWStep")) {
        return;
    }
    const AdamArgs args {
        parameters,           gradients, m,   v, count, segments, segmentCount, settings,
        scratch.as<double>(), loss,      step
    };
    const std::int64_t blocks = (count + adamThreads - 1) / adamThreads;
    const std::int64_t most = std::int64_t { currentDevice().multiprocessors } * 16;
    adamKernel<<<static_cast<unsigned>(blocks < most ? blocks : most), adamThreads, 0,
                 streamOf(exec)>>>(args);
    checkLaunch("adamWStep");
}

} // namespace batlab::kernels::cuda
