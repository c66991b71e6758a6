// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/format_names.h"
#include "core/spec/parameter.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

/// What the parameter tables are written with; seen by them alone.
namespace batlab::rows {

using Type = ParameterType;

/// Builds rows; the setters read like a sentence in the tables below.
class Row
{
public:
    Row(std::string path, Type type, Json value, std::string title, std::string help)
    {
        m_row.path = std::move(path);
        m_row.type = type;
        m_row.defaultValue = std::move(value);
        m_row.title = std::move(title);
        m_row.help = std::move(help);
    }
    Row range(double lo, double hi)
    {
        m_row.minimum = lo, m_row.maximum = hi;
        return *this;
    }
    Row from(double lo)
    {
        m_row.minimum = lo;
        return *this;
    }
    Row unit(std::string text)
    {
        m_row.unit = std::move(text);
        return *this;
    }
    Row choices(std::vector<std::string> names)
    {
        m_row.choices = std::move(names);
        return *this;
    }
    Row answersAtOnce()
    {
        m_row.appliesWhenQueued = false;
        return *this;
    }
    Parameter in(std::string group)
    {
        m_row.group = std::move(group);
        return m_row;
    }
    /// A row of a stage: its path is "stage.name".
    Parameter of(const std::string &stage)
    {
        m_row.path = stage + "." + m_row.path;
        return in(stage);
    }

private:
    Parameter m_row;
};

inline std::vector<std::string> with(std::vector<std::string> names,
                                     std::initializer_list<const char *> more)
{
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

/// Of the KV cache: NVFP4 would need a factor of the whole tensor.
inline std::vector<std::string> cacheFormats()
{
    std::vector<std::string> out { "bf16" };
    for (const std::string &name : allFormatNames())
        if (name != "nvfp4")
            out.push_back(name);
    return out;
}

inline const std::vector<std::string> kSiteChoices { "T1", "T2", "T3", "T4" };
inline const Json kAllSites = Json::array({ "T1", "T2", "T3", "T4" });

/// Rows of every stage that trains.
inline Parameter batchRow(const char *stage, int sequences)
{
    return Row("batch", Type::integer, sequences, "Batch", "Sequences a step.")
        .range(1, 4096)
        .unit("sequences")
        .of(stage);
}
inline Parameter scaleGradientRow(const char *stage)
{
    return Row("scaleGradient", Type::boolean, true, "Scale gradient",
               "Routes the gradient of a block's scale to its largest element.")
        .of(stage);
}
inline Parameter checkpointRow(const char *stage, int steps)
{
    return Row("checkpointSteps", Type::integer, steps, "Checkpoint every",
               "A killed job resumes from the last of these.")
        .range(1, 1000000)
        .unit("steps")
        .of(stage);
}

/// Tables of the stages, in the order of a recipe.
std::vector<Parameter> learnRotationTable();
std::vector<Parameter> precisionTable();
std::vector<Parameter> rotateTable();
std::vector<Parameter> foldTable();
std::vector<Parameter> kvTable();
std::vector<Parameter> transformTable();
std::vector<Parameter> clipTable();
std::vector<Parameter> trainTable();
std::vector<Parameter> branchTable();
std::vector<Parameter> roundTable();
std::vector<Parameter> refineTable();
std::vector<Parameter> recoverTable();
std::vector<Parameter> tuneTable();

} // namespace batlab::rows
