// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/source_scan.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace batlab::layering {

namespace fs = std::filesystem;

namespace {

template<std::size_t N>
bool isOneOf(const std::array<std::string_view, N> &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view skipBlanks(std::string_view text)
{
    const std::size_t at = text.find_first_not_of(kBlanks);
    return at == std::string_view::npos ? std::string_view {} : text.substr(at);
}

/// The header of an #include line; empty when the line is none.
std::string_view headerOf(std::string_view line)
{
    line = skipBlanks(line);
    if (!line.starts_with('#'))
        return {};
    line = skipBlanks(line.substr(1));
    if (!line.starts_with("include"))
        return {};
    line = skipBlanks(line.substr(7));
    if (line.empty() || (line[0] != '"' && line[0] != '<'))
        return {};
    const std::size_t end = line.find(line[0] == '<' ? '>' : '"', 1);
    return end == std::string_view::npos ? std::string_view {} : line.substr(1, end - 1);
}

std::string withoutCMakeComments(std::string_view text)
{
    std::string result;
    bool comment = false;
    for (const char c : text) {
        comment = c == '\n' ? false : comment || c == '#';
        result.push_back(comment ? ' ' : c);
    }
    return result;
}

bool isSource(std::string_view word)
{
    static constexpr std::array<std::string_view, 6> ends { ".cpp", ".h",   ".cu",
                                                            ".cuh", ".qrc", ".ui" };
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return word.ends_with(end); });
}

} // namespace

std::vector<std::string> sourceFiles(const fs::path &root)
{
    static constexpr std::array<std::string_view, 6> tops { "kernels", "core", "sessions",
                                                            "views",   "app",  "tests" };
    static constexpr std::array<std::string_view, 7> kinds { ".h",   ".cpp", ".cu", ".cuh",
                                                             ".inc", ".hpp", ".cc" };
    std::vector<std::string> files;
    for (const std::string_view top : tops) {
        if (!fs::is_directory(root / top))
            continue;
        for (const auto &entry : fs::recursive_directory_iterator(root / top)) {
            if (!entry.is_regular_file())
                continue;
            if (entry.path().filename() == "CMakeLists.txt"
                || isOneOf(kinds, entry.path().extension().string()))
                files.push_back(entry.path().lexically_relative(root).generic_string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Reference> includesOf(std::string_view text)
{
    std::vector<Reference> found;
    int number = 0;
    bool comment = false;
    while (!text.empty()) {
        ++number;
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view {} : text.substr(end + 1);
        if (!comment) {
            if (const std::string_view header = headerOf(line); !header.empty())
                found.push_back({ number, std::string { header } });
        }
        const std::size_t open = line.rfind("/*");
        const std::size_t close = line.rfind("*/");
        if (close != std::string_view::npos && (open == std::string_view::npos || close > open))
            comment = false;
        else if (open != std::string_view::npos
                 && line.substr(0, open).find("//") == std::string_view::npos)
            comment = true;
    }
    return found;
}

std::vector<Reference> linksOf(std::string_view text)
{
    static constexpr std::array<std::string_view, 4> commands { "target_link_libraries",
                                                                "batlab_library", "batlab_test",
                                                                "batlab_executable" };
    static constexpr std::array<std::string_view, 10> keywords { "PUBLIC",   "PRIVATE", "INTERFACE",
                                                                 "SOURCES",  "LIBS",    "LABELS",
                                                                 "TIMEOUT",  "QT",      "debug",
                                                                 "optimized" };
    const std::string code = withoutCMakeComments(text);
    std::vector<Reference> found;
    for (const std::string_view command : commands) {
        for (std::size_t at = code.find(command); at != std::string::npos;
             at = code.find(command, at + 1)) {
            std::size_t i = code.find_first_not_of(kBlanks, at + command.size());
            if (i == std::string::npos || code[i] != '(')
                continue;
            const std::size_t end = code.find(')', i);
            bool first = true;
            while ((i = code.find_first_not_of(kBlanks, i + 1)) < end) {
                const std::size_t stop = std::min(code.find_first_of(" \t\r\n)", i), end);
                const std::string word = code.substr(i, stop - i);
                i = stop - 1;
                if (first) { // the target itself
                    first = false;
                    continue;
                }
                if (isOneOf(keywords, word) || isSource(word))
                    continue;
                const auto line = std::count(
                    code.begin(), code.begin() + static_cast<std::ptrdiff_t>(stop), '\n');
                found.push_back({ static_cast<int>(line) + 1, word });
            }
        }
    }
    return found;
}

std::string readFile(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>() };
}

} // namespace batlab::layering
