// SPDX-License-Identifier: Apache-2.0
// Chat templates are Jinja programs; the two families that are rendered here are recognised by
// their source, white space aside. Anything else is refused rather than guessed.
#include "core/text/tokenizer.h"

#include <fmt/format.h>

#include <optional>

namespace batlab {

namespace {

/// Jinja source without blanks outside string literals, so that layout does not matter. The marks
/// {%- -%} {{- -}} lose their dashes: the templates below print nothing between blocks.
std::string squeezed(std::string_view source)
{
    std::string out;
    char quote = 0;
    bool inTag = false;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const char c = source[i];
        if (quote) {
            out += c;
            if (c == '\\' && i + 1 < source.size())
                out += source[++i];
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (!inTag && c == '{' && i + 1 < source.size()
            && (source[i + 1] == '%' || source[i + 1] == '{')) {
            inTag = true;
            out += c;
            out += source[++i];
            if (i + 1 < source.size() && source[i + 1] == '-')
                ++i;
            continue;
        }
        if (inTag && c == '-' && i + 2 < source.size() && source[i + 2] == '}'
            && (source[i + 1] == '%' || source[i + 1] == '}'))
            continue;
        if (inTag && (c == '%' || c == '}') && i + 1 < source.size() && source[i + 1] == '}') {
            inTag = false;
            out += c;
            out += source[++i];
            continue;
        }
        if (inTag && (c == '\'' || c == '"')) {
            quote = c;
            out += c;
            continue;
        }
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            out += c;
    }
    return out;
}

/// A Jinja string literal's text: \n and escaped quotes.
std::string unescaped(std::string_view literal)
{
    std::string out;
    for (std::size_t i = 0; i < literal.size(); ++i) {
        if (literal[i] == '\\' && i + 1 < literal.size()) {
            const char next = literal[++i];
            out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
        } else {
            out += literal[i];
        }
    }
    return out;
}

/// Matches "head" X "tail" exactly and returns X.
std::optional<std::string> between(std::string_view text, std::string_view head,
                                   std::string_view tail)
{
    if (text.size() < head.size() + tail.size() || !text.starts_with(head) || !text.ends_with(tail))
        return std::nullopt;
    return std::string(text.substr(head.size(), text.size() - head.size() - tail.size()));
}

struct ChatMl
{
    std::optional<std::string> defaultSystem; ///< text put in front when no system message leads
};

/// ChatML as SmolLM2, Qwen 1.5 and Qwen 2 write it, with or without a default system message.
std::optional<ChatMl> recogniseChatMl(const std::string &source)
{
    // A newline in a literal may be written \n or be a real one.
    std::string text;
    for (const char c : source)
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    constexpr std::string_view kFor = "{%formessageinmessages%}";
    constexpr std::string_view kBody =
        "{{'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>'+'\\n'}}{%endfor%}"
        "{%ifadd_generation_prompt%}{{'<|im_start|>assistant\\n'}}{%endif%}";
    if (text == std::string(kFor) + std::string(kBody))
        return ChatMl {};
    const std::string head = std::string(kFor)
        + "{%ifloop.firstandmessages[0]['role']!='system'%}{{'<|im_start|>system\\n";
    const std::string tail = "<|im_end|>\\n'}}{%endif%}" + std::string(kBody);
    auto system = between(text, head, tail);
    if (!system || system->find("{%") != std::string::npos)
        return std::nullopt;
    return ChatMl { unescaped(*system) };
}

bool isLlama3(const std::string &source)
{
    std::string text;
    for (const char c : source)
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    constexpr std::string_view kBody =
        "{%setloop_messages=messages%}{%formessageinloop_messages%}{%setcontent="
        "'<|start_header_id|>'+message['role']+'<|end_header_id|>\\n\\n'+message['content']|trim+"
        "'<|eot_id|>'%}{%ifloop.index0==0%}{%setcontent=bos_token+content%}{%endif%}{{content}}"
        "{%endfor%}";
    constexpr std::string_view kPrompt =
        "{%ifadd_generation_prompt%}{{'<|start_header_id|>assistant<|end_header_id|>\\n\\n'}}"
        "{%endif%}";
    return text == std::string(kBody) + std::string(kPrompt);
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\n\r\f\v";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

} // namespace

Result<std::string> renderChat(const Tokenizer &tokenizer, const std::vector<ChatMessage> &messages,
                               bool addGenerationPrompt)
{
    if (tokenizer.chatTemplate().empty())
        return Error { ErrorCode::unsupported, "the model has no chat template", "tokenizer",
                       "Give the prompt as plain text." };
    const std::string source = squeezed(tokenizer.chatTemplate());
    std::string out;
    if (const auto chatMl = recogniseChatMl(source)) {
        if (chatMl->defaultSystem && !messages.empty() && messages.front().role != "system")
            out += fmt::format("<|im_start|>system\n{}<|im_end|>\n", *chatMl->defaultSystem);
        for (const auto &message : messages)
            out += fmt::format("<|im_start|>{}\n{}<|im_end|>\n", message.role, message.content);
        if (addGenerationPrompt)
            out += "<|im_start|>assistant\n";
        return out;
    }
    if (isLlama3(source)) {
        if (!messages.empty() && tokenizer.bos())
            out += tokenizer.piece(*tokenizer.bos());
        for (const auto &message : messages)
            out += fmt::format("<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>",
                               message.role, trimmed(message.content));
        if (addGenerationPrompt)
            out += "<|start_header_id|>assistant<|end_header_id|>\n\n";
        return out;
    }
    return Error { ErrorCode::unsupported, "this chat template is not one the program can render",
                   "tokenizer chat template",
                   "Known: ChatML (SmolLM2, Qwen2) and Llama 3. Give the prompt as plain text." };
}

} // namespace batlab
