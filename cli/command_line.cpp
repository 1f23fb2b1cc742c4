#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.h"
#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr const char* kNoOutput = "cannot write to the standard output";

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Arguments that no option took.
void refuse_extras(const CLI::App& app) {
  for (const std::string& extra : app.remaining()) {
    if (extra == "--") continue;  // what follows are no options
    const std::string option = extra.substr(0, extra.find('='));
    if (option.starts_with("-")) {
      throw InputError(fmt::format("unknown option {} of {}{}", option, app.get_name(),
                                   did_you_mean(option, option_names(app))));
    }
    throw InputError(fmt::format("unexpected argument '{}' of {}", extra, app.get_name()));
  }
}

// CLI11 would take an unknown command for a stray argument.
void refuse_unknown_command(int argc, char** argv) {
  if (argc < 2) throw InputError("no command given; orrery --help lists the commands");
  const std::string_view word = argv[1];
  std::vector<std::string> known = command_names();
  known.insert(known.end(), {"--help", "--version"});
  if (word == "-h" || std::find(known.begin(), known.end(), word) != known.end()) return;
  throw InputError(fmt::format("unknown command '{}'{}", word, did_you_mean(word, known)));
}

void declare_program(CLI::App& app, Options& options) {
  app.description("Orrery, a cycle-accurate simulator of deep-network accelerators");
  app.footer("Examples:\n  orrery simulate eyeriss alexnet --batch 4\n  orrery simulate --help\n");
  app.set_version_flag("--version", "orrery " ORRERY_VERSION);
  app.require_subcommand(1);
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.description);
    sub->footer(fmt::format("Examples:\n{}\n", command.examples));
    sub->allow_extras();  // refuse_extras() has the better answer
    command.declare(*sub, options);
  }
}

// What CLI11 says, or better where an option has no value or two.
std::string sentence(const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr) return text;
  return text.substr(0, text.find(':')) + " takes one value, once";
}

int parse_and_run(int argc, char** argv) {
  refuse_unknown_command(argc, argv);
  Options options;
  CLI::App app("", "orrery");
  declare_program(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& answer) {  // --help, --version
    return app.exit(answer);
  } catch (const CLI::ParseError& error) {
    throw InputError(
        fmt::format("{}; orrery {} --help shows the options", sentence(error), argv[1]));
  }
  const CLI::App& chosen = *app.get_subcommands().front();
  refuse_extras(chosen);
  const int code = find_command(chosen.get_name())->run(options);
  if (std::fflush(stdout) != 0) throw InputError(kNoOutput);
  return code;
}

int tell(int code, const char* sentence) {
  fmt::print(stderr, "orrery: {}\n", sentence);
  return code;
}

}  // namespace

int version_command(const Options&) {
  fmt::print("orrery {}\n", ORRERY_VERSION);
  return kExitDone;
}

int run_command_line(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const InputError& mistake) {
    return tell(kExitMistake, mistake.what());
  } catch (const std::bad_alloc&) {
    return tell(kExitFault, "not enough memory; a smaller --batch or fewer --layers need less");
  } catch (const std::exception& fault) {
    if (std::ferror(stdout) != 0) return tell(kExitMistake, kNoOutput);
    return tell(kExitFault, fmt::format("internal fault: {}", fault.what()).c_str());
  }
}

}  // namespace orrery
