#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a session with h5py and silx, as silx view does: every NXdata group must be valid, and is plotted offscreen.

    python3 tests/peers/session_silx.py run.batlab.h5 [PICTURES]

Needs h5py and silx, and for the plots matplotlib and a Qt binding; in an environment of its own:

    python3 -m venv /tmp/silx && /tmp/silx/bin/pip install h5py silx matplotlib PyQt6 qtawesome

Says so and exits 77 where h5py or silx are absent; where only the plots are impossible, it says why and checks the groups alone.
PICTURES is a folder for a picture of the first group of each kind. Exits 1 on an invalid group, on a plot that does not hold the
group's numbers, and on a session without a default plot. A tenth of a second a plot.
"""
import collections
import io
import os
import pathlib
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

try:
    import h5py
    import numpy as np
    from silx.io.nxdata import NXdata, get_default
except ImportError as missing:
    print(f"SKIP: {missing}")
    sys.exit(77)

try:
    from silx.gui import qt
    from silx.gui.plot import Plot1D, Plot2D, PlotWidget

    application = qt.QApplication([])
    lines, image = Plot1D(), Plot2D()
    unplotted = None
except Exception as missing:  # no Qt binding, no matplotlib, no platform plug-in
    unplotted = str(missing)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def positions(data, dimension):
    """Where the numbers lie along a dimension: the group's axis, or indices."""
    count = data.signal.shape[dimension]
    axis = data.axes[dimension]
    return np.arange(count, dtype=float) if axis is None or axis.shape != (count,) else np.asarray(axis[()], dtype=float)


def plot(data):
    """Draws a group as silx view does: a curve for each signal, or an image. Returns the picture and whether the plot holds the numbers."""
    picture = io.BytesIO()
    if data.signal_ndim == 1:
        lines.clear()
        same = True
        for signal in [data.signal, *data.auxiliary_signals]:
            lines.addCurve(positions(data, 0), signal[()], legend=signal.name)
        for signal in [data.signal, *data.auxiliary_signals]:
            curve = lines.getCurve(signal.name)
            same = same and curve is not None and np.array_equal(curve.getYData(copy=False), signal[()], equal_nan=True)
        PlotWidget.saveGraph(lines, picture, fileFormat="png")  # the windows' own knows files only
    else:
        image.clear()
        y, x = positions(data, 0), positions(data, 1)
        step = lambda axis: float(axis[1] - axis[0]) if len(axis) > 1 and axis[1] != axis[0] else 1.0
        image.addImage(data.signal[()], legend="map", origin=(float(x[0]), float(y[0])), scale=(step(x), step(y)))
        drawn = image.getImage("map")
        same = drawn is not None and np.array_equal(drawn.getData(copy=False), data.signal[()], equal_nan=True)
        PlotWidget.saveGraph(image, picture, fileFormat="png")
    return picture.getvalue(), same


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    valid, plotted, wrong = collections.Counter(), collections.Counter(), []
    with h5py.File(sys.argv[1], "r") as file:
        groups = []
        file.visititems(lambda name, item: groups.append(name) if text(item.attrs.get("NX_class", "")) == "NXdata" else None)
        for number, name in enumerate(groups, 1):
            print(f"\r{number}/{len(groups)}", end="", file=sys.stderr, flush=True)
            data = NXdata(file[name])
            kind = text(file[name].attrs.get("encoding-type", "no encoding-type"))
            if not data.is_valid:
                wrong.append(f"/{name}: {'; '.join(data.issues)}")
                continue
            valid[kind] += 1
            if unplotted is not None:
                continue
            if data.signal_ndim not in (1, 2):
                wrong.append(f"/{name}: {data.signal_ndim} dimensions, neither a curve nor an image")
                continue
            picture, same = plot(data)
            if not same or not picture.startswith(b"\x89PNG"):
                wrong.append(f"/{name}: the plot does not hold the group's numbers")
                continue
            plotted[kind] += 1
            if pictures and plotted[kind] == 1:
                (pictures / f"{kind}.png").write_bytes(picture)
        print(file=sys.stderr)
        default = get_default(file)
        if default is None:
            wrong.append("/: silx finds no plot to show on opening")
        else:
            print(f"on opening: {default.group.name}, {default.title}")
    for kind in sorted(valid):
        print(f"{kind}: {valid[kind]} valid, {plotted[kind]} plotted")
    print(f"{len(groups)} NXdata groups: {sum(valid.values())} valid, {sum(plotted.values())} plotted")
    if unplotted is not None:
        print(f"NOT PLOTTED: {unplotted}")
    for line in wrong[:20]:
        print(line)
    if len(wrong) > 20:
        print(f"and {len(wrong) - 20} more")
    print("FAILED" if wrong or not groups else "ok")
    return 1 if wrong or not groups else 0


if __name__ == "__main__":
    sys.exit(main())
