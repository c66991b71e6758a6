// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/views/fake_what_if.h"
#include "tests/views/view_test.h"
#include "views/models/what_if_model.h"
#include "views/panels/ablate_page.h"

#include <QTest>

namespace batlab::test {

/// A test of the Ablate page, whose questions are answered at once.
class AblateTest : public ViewTest
{
protected:
    /// The page on an empty document: for init().
    void makePage()
    {
        makeDocument();
        m_ask = std::make_unique<FakeAsk>();
        m_ask->atOnce = true;
        m_page = std::make_unique<views::AblatePage>(m_document.get(), m_selection.get(),
                                                     m_ask->presets);
        m_page->setAsk(m_ask->ask());
        m_page->resize(1344, 878);
        m_page->show();
    }
    /// The demo's artifacts; the page has its answer on a block of a variant then.
    void fill()
    {
        fillDocument(*m_document);
        m_selection->setVariant(QStringLiteral("bat"));
        m_selection->setCell(3, Site::t4, 11);
        QTRY_VERIFY(m_page->model()->answer());
        QTRY_VERIFY(!m_page->model()->isStale());
    }

    std::unique_ptr<FakeAsk> m_ask;
    std::unique_ptr<views::AblatePage> m_page;
};

} // namespace batlab::test
