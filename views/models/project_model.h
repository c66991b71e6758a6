// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/workbench_document.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace batlab::views {

/// What exists: model > layers > sites, variants, runs, evaluations. The second column is the
/// figure that ranks the branch: peak over median block energy for layers and sites, output SQNR
/// for variants.
class ProjectModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum class Kind {
        session,
        model,
        layers,
        layer,
        site,
        variants,
        variant,
        runs,
        run,
        evaluations,
        evaluation
    };
    enum Role {
        KindRole = Qt::UserRole, ///< int of Kind
        IdRole, ///< variant, run or evaluation id
        LayerRole, ///< int
        SiteRole, ///< int of Site
        FamilyRole, ///< family of a variant or evaluation, for its marker
        FilledRole,
        PinnedRole, ///< bool: the baseline
        DeltaRole, ///< double: variant's or evaluation's figure minus the baseline's; NaN without
        BetterRole, ///< int: +1 more is better, -1 less is better
        ShortRole, ///< a shorter name where the whole one does not fit; empty without
        FigureRole, ///< double behind the second column; NaN without
    };

    explicit ProjectModel(WorkbenchDocument *document, QObject *parent = nullptr);
    ~ProjectModel() override;

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    [[nodiscard]] QModelIndex siteIndex(int layer, Site site) const; ///< invalid if absent
    [[nodiscard]] QModelIndex variantIndex(const QString &id) const;
    [[nodiscard]] QModelIndex
    branch(Kind kind) const; ///< model, layers, variants, runs or evaluations

private:
    struct Node;
    void build();
    void buildModel();
    void syncLists();
    void syncList(Node *parent, Kind kind, const QStringList &ids);
    void artifactsAdded(const std::vector<ArtifactPtr> &artifacts);
    void refresh(Node *node);
    [[nodiscard]] Node *node(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Node *node, int column = 0) const;
    // project_model_texts.cpp
    [[nodiscard]] QString title(const Node &node) const;
    [[nodiscard]] static QString shortTitle(const Node &node);
    [[nodiscard]] QString figureText(const Node &node) const;
    [[nodiscard]] double figure(const Node &node) const;
    [[nodiscard]] double delta(const Node &node) const;

    WorkbenchDocument *m_document;
    std::unique_ptr<Node> m_root;
    Node *m_session = nullptr, *m_model = nullptr, *m_layers = nullptr;
    Node *m_variants = nullptr, *m_runs = nullptr, *m_evaluations = nullptr;
};

} // namespace batlab::views
