// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/host_device.h"

#include <cstdint>

/// Which lane holds which element in the warp-wide products (PTX ISA, "Matrix Fragments" of
/// mma.m16n8k16 for bf16 and of mma.m16n8k64 for e2m1), and how a 32-column unit is laid over them
/// so that every lane reads and writes 8 consecutive columns with one 16-byte access.
namespace batlab::kernels::cuda {

constexpr int warpLanes = 32;

struct Cell
{
    int row, col;
};

/// m16n8k16: element e of lane's A (16 x 16, 8 elements), B (16 x 8 as k x n, 4) and C (16 x 8, 4).
BATLAB_HD constexpr Cell mmaCellA(int lane, int e)
{
    return { lane / 4 + 8 * ((e >> 1) & 1), 2 * (lane % 4) + (e & 1) + 8 * (e >> 2) };
}
BATLAB_HD constexpr Cell mmaCellB(int lane, int e)
{
    return { 2 * (lane % 4) + (e & 1) + 8 * (e >> 1), lane / 4 };
}
BATLAB_HD constexpr Cell mmaCellC(int lane, int e)
{
    return { lane / 4 + 8 * (e >> 1), 2 * (lane % 4) + (e & 1) };
}

/// A tile is 16 rows x one unit of 32 columns. Lane (g, t) = (lane / 4, lane % 4) owns columns
/// 8t .. 8t+7 of rows g and g + 8. Any order of the summed index is allowed, so k index k of step
/// kt is column kColumn(kt, k), and n index n of step nt is column nColumn(nt, n): then the lane's
/// own columns are exactly its A fragments, and its C fragments exactly its own columns.
BATLAB_HD constexpr int kColumn(int kt, int k)
{
    return 8 * ((k & 7) >> 1) + 4 * kt + 2 * (k >> 3) + (k & 1);
}
BATLAB_HD constexpr int nColumn(int nt, int n) { return 8 * (n >> 1) + 2 * nt + (n & 1); }

/// Element e (0..15) of step nt's B fragments: entry of a 32 x 32 matrix by column numbers of the
/// unit. Elements 0..7 belong to kt = 0 and so on; pairs (2p, 2p + 1) share register p.
BATLAB_HD constexpr Cell unitCellB(int lane, int nt, int e)
{
    const int kt = e >> 2;
    const Cell cell = mmaCellB(lane, e & 3);
    return { kColumn(kt, cell.row), nColumn(nt, cell.col) };
}

/// Sum over tokens X^T G as m16n8k16 with 16 tokens as k: element e of step (mt, nt) of the result
/// is the entry (row, col) of the unit's 32 x 32 gradient.
BATLAB_HD constexpr Cell outerCell(int lane, int mt, int nt, int e)
{
    const Cell cell = mmaCellC(lane, e);
    return { nColumn(2 * mt + (cell.row >> 3), cell.row & 7), nColumn(nt, cell.col) };
}

/// m16n8k64 of e2m1 pairs: nibble e (0..31) of lane's A (16 x 64), nibble e (0..15) of its B (k x
/// n, 64 x 8); nibble 0 is the low one of register 0.
BATLAB_HD constexpr Cell mxf4CellA(int lane, int e)
{
    return { lane / 4 + 8 * ((e >> 3) & 1), 8 * (lane % 4) + (e & 7) + 32 * (e >> 4) };
}
BATLAB_HD constexpr Cell mxf4CellB(int lane, int e)
{
    return { 8 * (lane % 4) + (e & 7) + 32 * (e >> 3), lane / 4 };
}
/// Rows of A and B whose scale pair the instruction takes from `lane` with thread-id 0: two bytes,
/// k 0..31 in the low one. A: only lanes with lane % 4 < 2 are read, B: only lane % 4 == 0; the
/// others may hold anything and hold a valid row here.
BATLAB_HD constexpr int mxf4ScaleRowA(int lane) { return lane / 4 + 8 * (lane & 1); }
BATLAB_HD constexpr int mxf4ScaleRowB(int lane) { return lane / 4; }

} // namespace batlab::kernels::cuda
