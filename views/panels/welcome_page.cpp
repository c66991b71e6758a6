// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/welcome_page.h"

#include "views/models/text.h"
#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QFile>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <array>

namespace batlab::views {

namespace {

void clearGrid(QGridLayout *grid)
{
    while (QLayoutItem *item = grid->takeAt(0)) {
        if (QWidget *w = item->widget()) {
            w->hide();
            w->deleteLater();
        }
        delete item;
    }
}

constexpr std::array kThemes { "system", "light", "dark", "high-contrast" }; ///< by segment

QString when(const QDateTime &time)
{
    const qint64 days = time.daysTo(QDateTime::currentDateTime());
    if (days <= 0)
        return QLocale().toString(time.time(), QLocale::ShortFormat);
    if (days == 1)
        return WelcomePage::tr("Yesterday");
    return QLocale().toString(time.date(), QLocale::ShortFormat);
}

} // namespace

WelcomePage::WelcomePage(QWidget *parent)
    : QWidget(parent)
    , m_demo(new QPushButton(this))
    , m_demoFirst(makeLabel({}, &plots::Tokens::text2, plots::tableFont(), this))
    , m_demoSecond(makeLabel({}, &plots::Tokens::text2, plots::tableFont(), this))
    , m_theme(new SegmentBar(this))
{
    setAutoFillBackground(true);
    keepColors(this, { { QPalette::Window, &plots::Tokens::base } });
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    outer->addWidget(scroll, 1);
    auto *sheet = new QWidget;
    sheet->setAutoFillBackground(true);
    keepColors(sheet, { { QPalette::Window, &plots::Tokens::base } });
    scroll->setWidget(sheet);
    auto *around = new QHBoxLayout(sheet);
    around->addStretch(1);
    auto *middle = new QWidget(sheet);
    middle->setMaximumWidth(plots::px(1230));
    middle->setMinimumWidth(plots::px(700));
    around->addWidget(middle, 20);
    around->addStretch(1);
    m_columns = new QGridLayout(middle);
    m_columns->setContentsMargins(plots::px(8), plots::px(56), plots::px(8), plots::px(16));
    m_columns->setHorizontalSpacing(plots::px(64));
    m_columns->setVerticalSpacing(plots::px(24));

    m_left = new QWidget(middle);
    auto *left = new QVBoxLayout(m_left);
    left->setContentsMargins(0, 0, 0, 0);
    left->setSpacing(plots::px(40));
    left->addWidget(buildStart());
    m_clear = makeLink(tr("Clear list"), m_left);
    connect(m_clear, &QToolButton::clicked, this, &WelcomePage::clearRecentRequested);
    m_recentSection = section(tr("Recent"), m_clear, &m_recent);
    left->addWidget(m_recentSection);
    left->addStretch(1);

    m_right = new QWidget(middle);
    auto *right = new QVBoxLayout(m_right);
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(plots::px(40));
    right->addWidget(section(tr("What is here"), nullptr, &m_here));
    right->addWidget(buildPages());
    right->addStretch(1);
    m_columns->addWidget(m_left, 0, 0);
    m_columns->addWidget(m_right, 0, 1);
    m_columns->setColumnStretch(0, 62);
    m_columns->setColumnStretch(1, 38);
    m_columns->setRowStretch(0, 1);

    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(plots::px(24), plots::px(6), plots::px(24), plots::px(10));
    foot->addWidget(makeLabel(tr("Theme"), &plots::Tokens::text3, plots::tableFont(), this));
    m_theme->addSegment(tr("System"), tr("The theme the desktop asks for"), 0);
    m_theme->addSegment(tr("Light"), tr("Light theme"), 1);
    m_theme->addSegment(tr("Dark"), tr("Dark theme"), 2);
    m_theme->addSegment(tr("High contrast"), tr("High contrast theme"), 3);
    foot->addWidget(m_theme);
    foot->addStretch(1);
    foot->addWidget(makeLabel(tr("Batlab %1").arg(QStringLiteral(BATLAB_VERSION)),
                              &plots::Tokens::text3, plots::tableFont(), this));
    outer->addLayout(foot);
    connect(m_theme, &SegmentBar::chosen, this, [this](int id) {
        Q_EMIT themeRequested(QString::fromLatin1(kThemes[static_cast<std::size_t>(id)]));
    });
    setRecent({});
}

QWidget *WelcomePage::buildStart()
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(plots::px(16));
    auto *head = new QHBoxLayout;
    head->setSpacing(plots::px(16));
    auto *logo = new QLabel(box);
    logo->setPixmap(
        QIcon(QStringLiteral(":/icons/batlab.svg")).pixmap(QSize(48, 48), devicePixelRatioF()));
    logo->setAccessibleName(tr("Batlab"));
    head->addWidget(logo);
    auto *names = new QVBoxLayout;
    names->setSpacing(plots::px(2));
    QFont title = plots::welcomeFont();
    title.setWeight(QFont::DemiBold);
    names->addWidget(makeLabel(QStringLiteral("Batlab"), &plots::Tokens::text, title, box));
    names->addWidget(makeLabel(tr("MXFP4 quantization workbench: see, compare, evaluate"),
                               &plots::Tokens::text2, plots::baseFont(), box));
    head->addLayout(names, 1);
    column->addLayout(head);
    column->addSpacing(plots::px(12));

    auto *demoRow = new QHBoxLayout;
    demoRow->setSpacing(plots::px(16));
    m_demo->setText(tr("Run the demo on SmolLM2-135M"));
    m_demo->setObjectName(QStringLiteral("demoButton"));
    m_demo->setAccessibleName(m_demo->text());
    m_demo->setToolTip(tr("Calibrates five methods on the demo model and compares them"));
    m_demo->setFont(plots::titleFont());
    m_demo->setMinimumSize(plots::px(290), plots::px(40));
    m_demo->setDefault(true);
    demoRow->addWidget(m_demo, 0, Qt::AlignVCenter);
    auto *notes = new QVBoxLayout;
    notes->setSpacing(plots::px(2));
    notes->addStretch(1);
    for (QLabel *note : { m_demoFirst, m_demoSecond }) {
        note->setWordWrap(true);
        notes->addWidget(note);
    }
    m_sample = makeLink(tr("First look: a sample session in seconds"), box);
    m_sample->setToolTip(
        tr("RTN and block Hadamard on a few tokens of the demo model. It shows how "
           "the pages work; its numbers mean little."));
    notes->addWidget(m_sample, 0, Qt::AlignLeft);
    notes->addStretch(1);
    demoRow->addLayout(notes, 1);
    column->addLayout(demoRow);

    auto *openRow = new QHBoxLayout;
    openRow->setSpacing(plots::px(8));
    const auto button = [&](const QString &text, const QString &keys, const QString &tip) {
        auto *b = new QPushButton(text + QStringLiteral("   ") + keys, box);
        b->setToolTip(tip);
        b->setAccessibleName(text);
        b->setMinimumHeight(plots::px(30));
        b->setMinimumWidth(b->fontMetrics().horizontalAdvance(b->text()) + plots::px(32));
        openRow->addWidget(b);
        return b;
    };
    auto *model = button(tr("Open model…"), QStringLiteral("Ctrl+O"),
                         tr("Open a GGUF file or a file of a model folder"));
    auto *folder =
        button(tr("Open folder…"), {}, tr("Open a model folder with config.json and safetensors"));
    auto *session =
        button(tr("Open session…"), QStringLiteral("Ctrl+Shift+O"), tr("Open a session file"));
    QLabel *drop = makeLabel(tr("or drop a model folder, GGUF or session"), &plots::Tokens::text3,
                             plots::tableFont(), box);
    drop->setWordWrap(true);
    openRow->addWidget(drop, 1);
    column->addLayout(openRow);
    connect(m_demo, &QPushButton::clicked, this, &WelcomePage::demoRequested);
    connect(m_sample, &QToolButton::clicked, this, &WelcomePage::sampleRequested);
    connect(model, &QPushButton::clicked, this, &WelcomePage::openModelRequested);
    connect(folder, &QPushButton::clicked, this, &WelcomePage::openFolderRequested);
    connect(session, &QPushButton::clicked, this, &WelcomePage::openSessionRequested);
    return box;
}

QWidget *WelcomePage::section(const QString &title, QWidget *link, QGridLayout **grid)
{
    auto *box = new QWidget(this);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(plots::px(6));
    auto *head = new QHBoxLayout;
    head->addWidget(makeLabel(title, &plots::Tokens::text, plots::titleFont(), box), 1);
    if (link)
        head->addWidget(link);
    column->addLayout(head);
    column->addWidget(makeHairline(Qt::Horizontal, box));
    *grid = new QGridLayout;
    (*grid)->setHorizontalSpacing(plots::px(16));
    (*grid)->setVerticalSpacing(plots::px(10));
    column->addLayout(*grid);
    return box;
}

QWidget *WelcomePage::buildPages()
{
    QGridLayout *grid = nullptr;
    QWidget *box = section(tr("Pages and their questions"), nullptr, &grid);
    const struct
    {
        QString name, question;
    } pages[] = { { tr("Inspect"), tr("which blocks carry the outliers") },
                  { tr("Compare"), tr("which transform helps, and where") },
                  { tr("Ablate"), tr("what if a parameter were different") },
                  { tr("Evaluate"), tr("is it good enough, with intervals") } };
    int row = 0;
    for (const auto &page : pages) {
        grid->addWidget(makeLabel(page.name, &plots::Tokens::text, plots::tableFont(), box), row,
                        0);
        grid->addWidget(makeLabel(page.question, &plots::Tokens::text2, plots::tableFont(), box),
                        row, 1);
        ++row;
    }
    grid->setColumnStretch(1, 1);
    return box;
}

void WelcomePage::setDemoNote(const QString &first, const QString &second)
{
    m_demoFirst->setText(first);
    m_demoSecond->setText(second);
}

void WelcomePage::setDemoEnabled(bool enabled, const QString &why)
{
    m_demo->setEnabled(enabled);
    m_sample->setEnabled(enabled); // of the same model
    m_demo->setToolTip(
        why.isEmpty() ? tr("Calibrates five methods on the demo model and compares them") : why);
}

void WelcomePage::setRecent(const QList<RecentFile> &recent)
{
    clearGrid(m_recent);
    m_clear->setVisible(!recent.isEmpty());
    const auto cell = [this](const QString &text, TokenColor color, int row, int column,
                             Qt::Alignment align = {}) {
        QLabel *label = makeLabel(text, color, plots::tableFont(), m_recentSection);
        m_recent->addWidget(label, row, column, align);
        return label;
    };
    int row = 0;
    for (const RecentFile &file : recent) {
        const QFileInfo info(file.path);
        auto *key = new Chip(m_recentSection);
        key->setChip(Chip::Tone::neutral, QStringLiteral("Ctrl+%1").arg(row + 1));
        m_recent->addWidget(key, row, 0, Qt::AlignLeft);
        auto *open = makeLink(info.fileName(), m_recentSection);
        open->setToolTip(file.path);
        open->setEnabled(info.exists());
        connect(open, &QToolButton::clicked, this,
                [this, path = file.path] { Q_EMIT recentRequested(path); });
        m_recent->addWidget(open, row, 1, Qt::AlignLeft);
        cell(info.exists() ? file.note : tr("file moved"),
             info.exists() ? &plots::Tokens::text2 : &plots::Tokens::warn, row, 2);
        cell(when(file.opened), &plots::Tokens::text3, row, 3, Qt::AlignRight);
        cell(info.isFile() ? bytes(static_cast<double>(info.size())) : QString(),
             &plots::Tokens::text3, row, 4, Qt::AlignRight);
        ++row;
    }
    if (recent.isEmpty())
        cell(tr("Nothing opened yet. The demo makes a first session."), &plots::Tokens::text3, 0,
             0);
    m_recent->setColumnStretch(2, 1);
}

void WelcomePage::setHere(const QList<HereLine> &lines)
{
    clearGrid(m_here);
    int row = 0;
    QWidget *box = m_right;
    for (const HereLine &line : lines) {
        const bool good = line.state == HereLine::State::good,
                   warning = line.state == HereLine::State::warning;
        m_here->addWidget(makeLabel(good          ? QStringLiteral("✓")
                                        : warning ? QStringLiteral("!")
                                                  : QStringLiteral("i"),
                                    good          ? &plots::Tokens::good
                                        : warning ? &plots::Tokens::warn
                                                  : &plots::Tokens::text3,
                                    plots::tableFont(), box),
                          row, 0);
        m_here->addWidget(makeLabel(line.name, &plots::Tokens::text2, plots::tableFont(), box), row,
                          1);
        auto *value = new ElidedLabel(box);
        value->setText(line.value);
        value->setFont(plots::tableFont());
        m_here->addWidget(value, row, 2);
        m_here->addWidget(makeLabel(line.note, &plots::Tokens::text3, plots::tableFont(), box), row,
                          3, Qt::AlignRight);
        ++row;
    }
    m_here->setColumnStretch(2, 1);
}

void WelcomePage::setTheme(const QString &name)
{
    int segment = 0;
    for (std::size_t i = 0; i < kThemes.size(); ++i)
        if (name == QLatin1String(kThemes[i]))
            segment = static_cast<int>(i);
    m_theme->setCurrent(segment);
}

void WelcomePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void WelcomePage::arrange()
{
    const bool narrow = width() < plots::px(980);
    m_columns->removeWidget(m_right);
    if (narrow)
        m_columns->addWidget(m_right, 1, 0);
    else
        m_columns->addWidget(m_right, 0, 1);
    m_columns->setColumnStretch(1, narrow ? 0 : 38);
}

} // namespace batlab::views
