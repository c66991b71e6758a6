// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_document.h"
#include "views/models/selection_context.h"

#include <QObject>

#include <memory>

namespace batlab::test {

/// How far the artifacts of demoArtifacts(layers) go; tokens 0: unknown.
[[nodiscard]] inline views::SelectionExtent demoExtent(int layers = 6, int tokens = 0)
{
    views::SelectionExtent extent;
    extent.layers = layers;
    extent.blocks = { 18, 18, 18, 48, 0, 0, 0 };
    extent.tokens = tokens;
    return extent;
}

/// A test of views, which are given a document and where it is looked at.
class ViewTest : public QObject
{
protected:
    /// New ones, with no artifacts yet: for init().
    void makeDocument(const views::SelectionExtent &extent = demoExtent())
    {
        m_document = std::make_unique<views::WorkbenchDocument>();
        m_selection = std::make_unique<views::SelectionContext>();
        m_selection->setExtent(extent);
    }

    std::unique_ptr<views::WorkbenchDocument> m_document;
    std::unique_ptr<views::SelectionContext> m_selection;
};

} // namespace batlab::test
