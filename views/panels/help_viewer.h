// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QUrl>

#include <vector>

class QLineEdit;
class QListWidget;
class QTextBrowser;

namespace batlab::views {

/// The manual, compiled into the program: contents and search at the left, the page at the right.
class HelpViewer : public QDialog
{
    Q_OBJECT

public:
    struct Page
    {
        QString path; ///< "pages/inspect.md", below resources/help
        QString title; ///< its first heading
    };
    explicit HelpViewer(QWidget *parent = nullptr);
    /// Shows a page; the contents page where there is none of this name.
    void open(const QString &path);
    [[nodiscard]] QString current() const { return m_current; }
    [[nodiscard]] QString pageText() const;
    /// All pages of the manual, contents page first.
    [[nodiscard]] static std::vector<Page> pages();

private:
    void search(const QString &text);
    void follow(const QUrl &url);

    std::vector<Page> m_pages;
    QLineEdit *m_search;
    QListWidget *m_list;
    QTextBrowser *m_text;
    QString m_current;
};

} // namespace batlab::views
