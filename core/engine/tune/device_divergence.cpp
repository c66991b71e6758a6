// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/device_divergence.h"

#include <ATen/ATen.h>

namespace batlab::tune {

DeviceDivergence deviceDivergence(const at::Tensor &teacher, const at::Tensor &student,
                                  double temperature)
{
    const auto logP = [&](const at::Tensor &logits) {
        return at::log_softmax(logits.to(at::kFloat) * (1.0 / temperature), 1);
    };
    const at::Tensor theirs = logP(teacher);
    const at::Tensor ours = logP(student);
    const at::Tensor p = theirs.exp();
    return { at::sum(p * (theirs - ours), at::kDouble) * (temperature * temperature),
             (ours.exp() - p).mul_(temperature) };
}

DeviceDivergence deviceCrossEntropy(const at::Tensor &labels, const at::Tensor &student)
{
    const at::Tensor ours = at::log_softmax(student.to(at::kFloat), 1);
    const at::Tensor scored = labels.ge(0).to(at::kFloat).unsqueeze(1);
    const at::Tensor ids = labels.clamp_min(0).unsqueeze(1);
    // The label's place by comparison: scattering has no fixed order on every device.
    const at::Tensor hit = at::arange(student.size(1), labels.options()).unsqueeze(0).eq(ids);
    return { at::sum(-ours.gather(1, ids) * scored, at::kDouble),
             (ours.exp() - hit.to(at::kFloat)) * scored };
}

} // namespace batlab::tune
