// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/project_model.h"

namespace batlab::views {

/// An entry of the project tree, with what tells it from its neighbours.
struct ProjectModel::Node
{
    Kind kind = Kind::session;
    QString id;
    int layer = -1;
    Site site = Site::t1;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    Node *append(Kind childKind)
    {
        auto child = std::make_unique<Node>();
        child->kind = childKind;
        child->parent = this;
        child->row = static_cast<int>(children.size());
        children.push_back(std::move(child));
        return children.back().get();
    }

    /// A layer with a leaf for each site.
    void appendLayer(int index)
    {
        Node *added = append(Kind::layer);
        added->layer = index;
        for (const Site at : kSites) {
            Node *leaf = added->append(Kind::site);
            leaf->layer = index;
            leaf->site = at;
        }
    }
};

} // namespace batlab::views
