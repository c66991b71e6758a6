// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/ask.h"
#include "views/models/parameter_form_model.h"
#include "views/models/what_if_answer.h"
#include "views/models/what_if_base.h"
#include "views/models/what_if_history.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>

class QUndoStack;

namespace batlab::views {

using WhatIfAnswerPtr = std::shared_ptr<const WhatIfAnswer>;

/// A variant with some parameters changed, re-scored on the selected layer: what is changed (every
/// act undoable), what the engine answers, what it is compared with. An edit asks after 60 ms of
/// rest; only the newest question counts (during a drag after the one at work), the old
/// answer stays until then.
class WhatIfModel : public QObject
{
    Q_OBJECT

public:
    static constexpr int kRestMs = 60;
    static constexpr int kTokens = 512; ///< cached tokens a question is answered on

    WhatIfModel(QUndoStack *undo, PresetLibrary presets, QObject *parent = nullptr);
    ~WhatIfModel() override;

    void setAsk(Ask ask);
    /// What is varied; none: nothing to start from. Each base keeps its own history.
    void setBase(std::optional<WhatIfBase> base);
    /// What the numbers are compared with while nothing is pinned; none: the unchanged base.
    void setBaseline(std::optional<WhatIfBase> baseline);
    void setLayer(int layer);
    void setActive(bool active); ///< a hidden page asks nothing
    void clear(); ///< another document: no base, no histories, no answers
    void retry();

    [[nodiscard]] const WhatIfBase *base() const { return m_base ? &*m_base : nullptr; }
    [[nodiscard]] const PresetLibrary &presets() const { return m_presets; }
    [[nodiscard]] int layer() const { return m_layer; }
    /// The parameters as a form: run-level settings and formats, and the stages' parameters.
    [[nodiscard]] ParameterFormModel *form() { return &m_form; }
    /// "transform.g1" of a field of the form.
    [[nodiscard]] static std::string changePath(const FormField &field);
    /// Whether an answer can show the parameter; others apply when the run is queued.
    [[nodiscard]] static bool answersAtOnce(const std::string &path);
    /// Kinds of stages the recipe has now, and which could be added.
    [[nodiscard]] std::vector<std::string> stages() const;
    [[nodiscard]] std::vector<std::string> absentStages() const;
    [[nodiscard]] bool isAddedStage(const std::string &kind) const;
    void addStage(const std::string &kind);
    void removeStage(const std::string &kind); ///< one that was added

    [[nodiscard]] const Json &changes() const;
    [[nodiscard]] int changedCount() const { return static_cast<int>(changes().size()); }
    /// Sets several parameters in one step; values equal to the base's are no change.
    void edit(const Json &values, const QString &text);
    void load(const Json &changes, const QString &text); ///< replaces all changes
    /// A slider is held: what it sets until it is let go is one step, answered on the way.
    void setDragging(bool on);
    void resetAll();
    /// For the session: the base, its changes and pin, and those of all bases that were varied, by
    /// their key.
    [[nodiscard]] Json viewState() const;
    /// What a session kept is a base's only step: nothing to undo. Bases that are not chosen now
    /// get theirs once they are.
    void restoreViewState(const Json &state);
    /// The spec as it is now; an error while the combination is impossible.
    [[nodiscard]] const Result<RunSpec> &current() const { return m_current; }
    [[nodiscard]] QString problem() const; ///< the checker's reason, empty if none
    [[nodiscard]] QString problemPath() const; ///< the change it is about
    /// `values` on top of `changes`, without what equals the base.
    [[nodiscard]] Json merged(const Json &changes, const Json &values) const;

    [[nodiscard]] const WhatIfHistory &history() const;
    void goToStep(std::size_t step);
    void pin(); ///< the present what-if becomes what is compared with
    void unpin();
    [[nodiscard]] QString pinnedTitle() const;

    [[nodiscard]] WhatIfAnswerPtr answer() const { return m_shown; }
    [[nodiscard]] WhatIfAnswerPtr pinned() const { return m_shownPin; }
    [[nodiscard]] bool isStale() const; ///< the shown answer is of an earlier setting
    [[nodiscard]] bool isBusy() const { return m_waiting; }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    /// The answer for changes on the present layer, null if it has not been asked.
    [[nodiscard]] WhatIfAnswerPtr known(const Json &changes) const;
    /// The specs of pinned and present, for the cost question.
    [[nodiscard]] Result<RunSpec> pinnedSpec() const;
    [[nodiscard]] const Ask &ask() const { return m_ask; }
    /// Asks for other changes than the present ones (sweeps); answers at once if it is known.
    using Scored = std::function<void(const Result<WhatIfAnswerPtr> &)>;
    void score(const std::string &stream, int layer, const Json &changes, Scored done);

Q_SIGNALS:
    void baseChanged();
    void changed(); ///< changes, problem, history, pin
    void structureChanged(); ///< fields of the form came or went
    void answerChanged(); ///< answer, pinned, stale, busy, error

private:
    struct Target
    {
        QString base;
        Json changes = Json::object();
        bool operator==(const Target &) const = default;
    };
    void push(const QString &text, WhatIfHistory next, int mergeId = -1);
    void apply(const QString &base, const WhatIfHistory &history);
    void appendStep(const Json &changes, const QString &text, const QString &mergePath);
    /// The base as it was opened, with the changes and the pin that a session kept of it.
    [[nodiscard]] WhatIfHistory opened(const Json &kept) const;
    [[nodiscard]] Json takeKept(); ///< of the base; null: nothing was kept
    void refresh();
    /// Whether an edit of this field goes on with the last step: the same field before its answer
    /// came (a spin box held down), or all of one drag.
    [[nodiscard]] bool goesOn(const QString &path) const;
    void syncForm();
    void fieldEdited(int at);
    void schedule();
    void askNow();
    /// Whether a question may go to its stream: not the one at work again, and while a slider is
    /// held none in its place, or a slow one would never be answered on the way.
    [[nodiscard]] bool mayAsk(const std::string &stream, const QString &key) const;
    [[nodiscard]] Target pinTarget() const;
    [[nodiscard]] QString answerKey(const Target &target, int layer) const;
    [[nodiscard]] WhatIfAnswerPtr find(const Target &target, int layer) const;
    void put(const std::string &stream, const RunSpec &spec, const QString &workspace,
             const Target &target, int layer, Scored done);
    void showKnown();

    QUndoStack *m_undo;
    PresetLibrary m_presets;
    Ask m_ask;
    ParameterFormModel m_form;
    std::optional<WhatIfBase> m_base, m_baseline;
    QString m_key, m_baselineKey;
    std::map<QString, WhatIfHistory> m_histories;
    Json m_kept = Json::object(); ///< of bases that were not chosen since the session was opened
    Result<RunSpec> m_current;
    std::optional<Recipe> m_recipe; ///< the last that was possible
    QString m_problemPath, m_lastPath;
    QTimer m_rest;
    std::map<QString, WhatIfAnswerPtr> m_known;
    std::map<std::string, QString> m_atWork; ///< stream to key of its newest unanswered question
    WhatIfAnswerPtr m_shown, m_shownPin;
    QString m_shownKey;
    std::optional<Error> m_error;
    int m_layer = 0;
    bool m_active = false, m_waiting = false, m_syncing = false, m_dragging = false;
};

} // namespace batlab::views
