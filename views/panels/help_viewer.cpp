// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/help_viewer.h"

#include "views/panels/ui_kit.h"
#include "views/plots/theme.h"

#include <QDesktopServices>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QTextBrowser>
#include <QTextCursor>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace batlab::views {

namespace {

const QString kRoot = QStringLiteral(":/help/");
const QString kIndex = QStringLiteral("index.md");

QString read(const QString &path)
{
    QFile file(kRoot + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QString firstHeading(const QString &text)
{
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        if (line.startsWith(QLatin1String("# ")))
            return line.mid(2).remove(QLatin1Char('`')).trimmed();
    }
    return {};
}

/// Contents, then how to use the pages, then reference, methods, decisions.
int rank(const QString &path)
{
    return path == kIndex                            ? 0
        : path.startsWith(QLatin1String("pages/"))   ? 1
        : !path.contains(QLatin1Char('/'))           ? 2
        : path.startsWith(QLatin1String("methods/")) ? 3
                                                     : 4;
}

} // namespace

std::vector<HelpViewer::Page> HelpViewer::pages()
{
    std::vector<Page> out;
    QDirIterator files(kRoot, { QStringLiteral("*.md") }, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next().mid(kRoot.size());
        const QString title = firstHeading(read(path));
        out.push_back({ path, title.isEmpty() ? QFileInfo(path).baseName() : title });
    }
    std::sort(out.begin(), out.end(), [](const Page &a, const Page &b) {
        return std::pair(rank(a.path), a.path) < std::pair(rank(b.path), b.path);
    });
    return out;
}

HelpViewer::HelpViewer(QWidget *parent)
    : QDialog(parent)
    , m_pages(pages())
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_text(new QTextBrowser(this))
{
    setWindowTitle(tr("Manual"));
    setObjectName(QStringLiteral("helpViewer"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto *left = new QVBoxLayout;
    left->setContentsMargins(plots::px(8), plots::px(8), plots::px(8), plots::px(8));
    m_search->setPlaceholderText(tr("Search the manual"));
    m_search->setAccessibleName(tr("Search the manual"));
    m_search->setToolTip(tr("Pages that hold all these words"));
    m_search->setClearButtonEnabled(true);
    m_list->setAccessibleName(tr("Contents"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    left->addWidget(m_search);
    left->addWidget(m_list, 1);
    auto *side = new QWidget(this);
    side->setLayout(left);
    side->setFixedWidth(plots::px(250));
    row->addWidget(side);
    row->addWidget(makeHairline(Qt::Vertical, this));
    m_text->setAccessibleName(tr("Page of the manual"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->document()->setDocumentMargin(plots::px(20));
    row->addWidget(m_text, 1);
    resize(plots::px(980), plots::px(720));
    connect(m_search, &QLineEdit::textChanged, this, &HelpViewer::search);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem *item) {
        if (item)
            open(item->data(Qt::UserRole).toString());
    });
    connect(m_text, &QTextBrowser::anchorClicked, this, &HelpViewer::follow);
    search({});
}

void HelpViewer::search(const QString &text)
{
    const QStringList words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    for (const Page &page : m_pages) {
        const QString all = words.isEmpty() ? QString() : page.title + read(page.path);
        if (!std::all_of(words.begin(), words.end(), [&](const QString &word) {
                return all.contains(word, Qt::CaseInsensitive);
            }))
            continue;
        auto *item = new QListWidgetItem(page.title, m_list);
        item->setData(Qt::UserRole, page.path);
        if (page.path == m_current)
            m_list->setCurrentItem(item);
    }
}

void HelpViewer::open(const QString &wanted)
{
    const bool known = std::any_of(m_pages.begin(), m_pages.end(),
                                   [&](const Page &p) { return p.path == wanted; });
    const QString path = known ? wanted : kIndex;
    if (path != m_current) {
        m_current = path;
        m_text->setMarkdown(read(path));
        m_text->moveCursor(QTextCursor::Start);
    }
    const QStringList words = m_search->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!words.isEmpty())
        m_text->find(words.first());
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->data(Qt::UserRole).toString() == path) {
            const QSignalBlocker quiet(m_list);
            m_list->setCurrentRow(i);
        }
    }
}

void HelpViewer::follow(const QUrl &url)
{
    if (!url.isRelative()) {
        QDesktopServices::openUrl(url);
        return;
    }
    const QString folder = QFileInfo(m_current).path();
    open(QDir::cleanPath(folder == QLatin1String(".") ? url.path()
                                                      : folder + QLatin1Char('/') + url.path()));
}

QString HelpViewer::pageText() const { return m_text->toPlainText(); }

} // namespace batlab::views
