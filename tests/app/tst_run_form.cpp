// SPDX-License-Identifier: Apache-2.0
// The run form and what the engine answers about it (SYNTHETIC data).
#include "tests/app/window_fixture.h"
#include "views/panels/field_editor.h"
#include "views/panels/run_dialog.h"

#include <QPushButton>
#include <QScopeGuard>
#include <QSpinBox>
#include <QTest>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

using namespace batlab;
using batlab::test::WindowFixture;

namespace {

/// Keeps the preflights of some forms until the test lets them go.
class HeldPreflights : public FakeEngine
{
public:
    struct Door
    {
        std::mutex mutex;
        std::condition_variable changed;
        std::set<int> held; ///< by the form's number of sequences
        std::set<int> asked;
        int fences = 0;

        bool hasAsked(int sequences)
        {
            const std::lock_guard lock(mutex);
            return asked.count(sequences) > 0;
        }
        void hold(std::set<int> sequences)
        {
            const std::lock_guard lock(mutex);
            held = std::move(sequences);
            changed.notify_all();
        }
    };
    explicit HeldPreflights(std::shared_ptr<Door> door)
        : FakeEngine(Options { .layers = 2 }), m_door(std::move(door))
    { }

    Result<Json> ask(const Json &question) override
    {
        const std::string what = question.value("ask", std::string());
        std::unique_lock lock(m_door->mutex);
        if (what == "fence") { // answered once both threads of the questions are here
            ++m_door->fences;
            m_door->changed.notify_all();
            m_door->changed.wait(lock, [this] { return m_door->fences % 2 == 0; });
            return Json::object();
        }
        if (what != "preflight") {
            lock.unlock();
            return FakeEngine::ask(question);
        }
        const Json calibration = question["spec"].value("calibration", Json::object());
        const int sequences = calibration.value("sequences", 0);
        m_door->asked.insert(sequences);
        m_door->changed.wait(lock, [&] { return m_door->held.count(sequences) == 0; });
        const std::string said = std::to_string(sequences) + " sequences were looked at";
        return Json { { "warnings", Json::array({ said }) } };
    }

private:
    std::shared_ptr<Door> m_door;
};

QString lookedAt(int sequences)
{
    return QStringLiteral("%1 sequences were looked at").arg(sequences);
}

} // namespace

class TstRunForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Two preflights may be at work, and the older one may be answered while the newer one is, or
    /// after it: what it says is of another form.
    void anOvertakenPreflightSaysNothing()
    {
        const auto door = std::make_shared<HeldPreflights::Door>();
        door->held = { 4, 5 };
        WindowFixture f([door]() -> Result<std::unique_ptr<Engine>> {
            return std::unique_ptr<Engine>(std::make_unique<HeldPreflights>(door));
        });
        // A failed test must not hold the window's end.
        const auto end = qScopeGuard([door] { door->hold({}); });
        QTRY_VERIFY(f.window->firstFrameSeconds() > 0);
        QVERIFY(f.workbench->actions()->trigger(QStringLiteral("run.new")));
        views::RunDialog *dialog = f.window->runDialog();
        QVERIFY(dialog);
        views::FieldEditor *field = dialog->editor(QStringLiteral("calibration.sequences"));
        auto *sequences = field ? field->findChild<QSpinBox *>() : nullptr;
        QVERIFY(sequences);
        QPushButton *queue = nullptr;
        for (QPushButton *b : dialog->findChildren<QPushButton *>())
            queue = b->text() == QStringLiteral("Queue run") ? b : queue;
        QVERIFY(queue);
        int answers = 0;
        const auto ask = [&](const char *what) {
            f.workbench->engine()->ask({ { "ask", what } },
                                       [&answers](const Result<Json> &) { ++answers; });
        };

        sequences->setValue(4);
        QTRY_VERIFY(door->hasAsked(4));
        sequences->setValue(5);
        QTRY_VERIFY(door->hasAsked(5));
        door->hold({ 5 });
        ask("presets"); // on the thread that has just answered about 4
        QTRY_COMPARE(answers, 1);
        QVERIFY(!queue->isEnabled());
        QVERIFY2(!dialog->preflightText().contains(lookedAt(4)),
                 qPrintable(dialog->preflightText()));
        door->hold({});
        QTRY_VERIFY(queue->isEnabled());
        QVERIFY2(dialog->preflightText().contains(lookedAt(5)),
                 qPrintable(dialog->preflightText()));

        door->hold({ 6 });
        sequences->setValue(6);
        QTRY_VERIFY(door->hasAsked(6));
        sequences->setValue(7);
        QTRY_VERIFY(queue->isEnabled());
        door->hold({});
        ask("fence");
        ask("fence");
        QTRY_COMPARE(answers, 3);
        QVERIFY(queue->isEnabled());
        QVERIFY2(dialog->preflightText().contains(lookedAt(7)),
                 qPrintable(dialog->preflightText()));
    }
};

QTEST_MAIN(TstRunForm)
#include "tst_run_form.moc"
