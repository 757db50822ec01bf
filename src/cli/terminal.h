// The process's surroundings: environment, terminal, usage errors.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace lakegate {

// LAKEGATE_THREADS, NO_COLOR, whether stdout is a terminal. kInvalidConfig for nonsense.
Status ReadEnvironment(CommandContext* context);

// An unknown verb, with the nearest known one.
Status CheckVerb(const CLI::App& program, int argc, char** argv);

// Spilled keys need some hundred temporary files at once: the soft limit becomes the hard one.
void AllowManyFiles();

// Help and version go to stdout with 0; a wrong line to stderr with 3 and what to type. A flag
// that nobody knows is named first, with the nearest known one.
int ReportUsage(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv);

// Prints to stdout; false when nobody reads it any more or the disk is full.
bool Print(const std::string& text);

}  // namespace lakegate
