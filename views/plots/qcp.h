// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The only include of QCustomPlot. Its header needs Qt's keywords, which this project switches off
/// (QT_NO_KEYWORDS), so they live exactly as long as the include.
#include <QObject>
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach Q_FOREACH
#ifdef QT_NO_FOREACH
#define Q_FOREACH(variable, container) for (variable : container)
#define BATLAB_QCP_FOREACH
#endif
#include <qcustomplot.h>
#ifdef BATLAB_QCP_FOREACH
#undef Q_FOREACH
#undef BATLAB_QCP_FOREACH
#endif
#undef signals
#undef slots
#undef emit
#undef foreach
