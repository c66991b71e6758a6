// SPDX-License-Identifier: Apache-2.0
#include "core/engine/transform/hadamard.h"

#include "core/base/result.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace batlab::transform {

namespace {

constexpr std::int64_t kLargestCore = 2048; // the dense matrix of a core is built entry by entry

struct PrimePower
{
    int prime = 0;
    int exponent = 0;
};

std::optional<PrimePower> primePower(std::int64_t q)
{
    if (q < 2)
        return std::nullopt;
    std::int64_t p = q;
    for (std::int64_t d = 2; d * d <= q; ++d)
        if (q % d == 0) {
            p = d;
            break;
        }
    PrimePower out { static_cast<int>(p), 0 };
    for (; q % p == 0; q /= p)
        ++out.exponent;
    return q == 1 ? std::optional(out) : std::nullopt;
}

/// The finite field of p^e elements; an element's digits to the base p are the coefficients of a
/// polynomial.
class Field
{
public:
    explicit Field(PrimePower size)
        : m_p(size.prime), m_e(size.exponent), m_q(power(size.prime, size.exponent))
    {
        // A monic polynomial of degree e that no monic one of degree 1 to e/2 divides.
        for (int tail = 0; m_e > 1 && m_modulus.empty(); ++tail) {
            const std::vector<int> candidate = monic(tail, m_e);
            bool irreducible = true;
            for (int degree = 1; irreducible && 2 * degree <= m_e; ++degree)
                for (int t = 0; irreducible && t < power(m_p, degree); ++t)
                    irreducible = !divides(monic(t, degree), candidate);
            if (irreducible)
                m_modulus = candidate;
        }
        m_square.assign(static_cast<std::size_t>(m_q), 0);
        for (int x = 1; x < m_q; ++x)
            m_square[static_cast<std::size_t>(product(x, x))] = 1;
    }
    [[nodiscard]] int size() const { return m_q; }
    /// 0, 1 for a square, -1 for a non-square, of x - y.
    [[nodiscard]] int character(int x, int y) const
    {
        int difference = 0;
        for (int place = 1, i = 0; i < m_e; ++i, place *= m_p) {
            difference += (x % m_p - y % m_p + m_p) % m_p * place;
            x /= m_p;
            y /= m_p;
        }
        return difference == 0 ? 0 : m_square[static_cast<std::size_t>(difference)] != 0 ? 1 : -1;
    }

private:
    static int power(int base, int exponent)
    {
        int out = 1;
        for (int i = 0; i < exponent; ++i)
            out *= base;
        return out;
    }
    [[nodiscard]] std::vector<int> monic(int tail, int degree) const
    {
        std::vector<int> c(static_cast<std::size_t>(degree) + 1);
        for (int i = 0; i < degree; ++i, tail /= m_p)
            c[static_cast<std::size_t>(i)] = tail % m_p;
        c.back() = 1;
        return c;
    }
    /// Takes multiples of the monic `by` off c until its degree is below by's.
    void reduce(std::vector<int> &c, const std::vector<int> &by) const
    {
        while (c.size() >= by.size()) {
            const int lead = c.back();
            const std::size_t shift = c.size() - by.size();
            for (std::size_t i = 0; i < by.size(); ++i)
                c[shift + i] = ((c[shift + i] - lead * by[i]) % m_p + m_p) % m_p;
            c.pop_back();
        }
    }
    [[nodiscard]] bool divides(const std::vector<int> &d, std::vector<int> c) const
    {
        reduce(c, d);
        for (const int digit : c)
            if (digit != 0)
                return false;
        return true;
    }
    [[nodiscard]] int product(int x, int y) const
    {
        if (m_e == 1)
            return static_cast<int>(static_cast<std::int64_t>(x) * y % m_p);
        std::vector<int> c(static_cast<std::size_t>(2 * m_e - 1), 0);
        for (int i = 0; i < m_e; ++i, x /= m_p)
            for (int j = 0, rest = y; j < m_e; ++j, rest /= m_p) {
                int &digit = c[static_cast<std::size_t>(i + j)];
                digit = (digit + x % m_p * (rest % m_p)) % m_p;
            }
        reduce(c, m_modulus);
        int out = 0;
        for (std::size_t i = c.size(); i > 0; --i)
            out = out * m_p + c[i - 1];
        return out;
    }

    int m_p, m_e, m_q;
    std::vector<int> m_modulus;
    std::vector<std::uint8_t> m_square;
};

/// The prime power behind a Hadamard matrix of order h and which of Paley's constructions it is.
struct Paley
{
    PrimePower field;
    bool second = false;
};

std::optional<Paley> paley(std::int64_t h)
{
    if (h < 4 || h > kLargestCore || h % 4 != 0)
        return std::nullopt;
    if (const auto one = primePower(h - 1); one && (h - 1) % 4 == 3)
        return Paley { *one, false };
    if (const auto two = primePower(h / 2 - 1); two && (h / 2 - 1) % 4 == 1)
        return Paley { *two, true };
    return std::nullopt;
}

/// Entries +-1. S = [[0, 1], [+-1, Q]] with Q_ij = chi(i - j); Paley I is I + S (S skew), Paley II
/// puts [[1,-1],[-1,-1]] for a zero of the symmetric S and +-[[1,1],[1,-1]] for +-1.
at::Tensor paleyMatrix(const Paley &kind, std::int64_t h)
{
    const Field field(kind.field);
    const auto conference = [&](std::int64_t i, std::int64_t j) {
        if (i == j)
            return 0;
        if (i == 0)
            return 1;
        if (j == 0)
            return kind.second ? 1 : -1;
        return field.character(static_cast<int>(i - 1), static_cast<int>(j - 1));
    };
    at::Tensor out = at::empty({ h, h }, at::kDouble);
    double *p = out.data_ptr<double>();
    for (std::int64_t i = 0; i < h; ++i)
        for (std::int64_t j = 0; j < h; ++j) {
            if (!kind.second) {
                p[i * h + j] = i == j ? 1 : conference(i, j);
                continue;
            }
            const int s = conference(i / 2, j / 2);
            const bool low = i % 2 != 0;
            const bool right = j % 2 != 0;
            if (s == 0)
                p[i * h + j] = !low && !right ? 1 : -1;
            else
                p[i * h + j] = low && right ? -s : s;
        }
    return out;
}

} // namespace

std::optional<std::int64_t> hadamardCore(std::int64_t n)
{
    if (n < 1)
        return std::nullopt;
    std::int64_t odd = n;
    while (odd % 2 == 0)
        odd /= 2;
    if (odd == 1)
        return 1;
    for (std::int64_t h = 4 * odd; h <= n; h *= 2)
        if (n % h == 0 && paley(h))
            return h;
    return std::nullopt;
}

at::Tensor hadamard(std::int64_t n)
{
    const std::optional<std::int64_t> core = hadamardCore(n);
    if (!core)
        throw Exception({ ErrorCode::unsupported,
                          fmt::format("no Hadamard matrix of order {} can be built", n),
                          "orders are 2^j times q + 1 or 2(q + 1) with a prime power q (Paley)",
                          "Use blocks (size: 16, 32, 64 or 128), or a random orthogonal matrix." });
    at::Tensor h =
        *core == 1 ? at::ones({ 1, 1 }, at::kDouble) : paleyMatrix(paley(*core).value(), *core);
    at::Tensor s = at::ones({ 1, 1 }, at::kDouble);
    for (std::int64_t size = *core; size < n; size *= 2)
        s = at::cat({ at::cat({ s, s }, 1), at::cat({ s, -s }, 1) }, 0);
    return at::kron(h, s) / std::sqrt(static_cast<double>(n));
}

at::Tensor flatOrthogonal(std::int64_t n)
{
    if (hadamardCore(n))
        return hadamard(n);
    at::Tensor out = at::empty({ n, n }, at::kDouble);
    double *p = out.data_ptr<double>();
    const double scale = 1.0 / std::sqrt(static_cast<double>(n));
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            const double angle =
                2 * std::numbers::pi * static_cast<double>(i * j % n) / static_cast<double>(n);
            p[i * n + j] = (std::cos(angle) + std::sin(angle)) * scale;
        }
    return out;
}

} // namespace batlab::transform
