// lakegate bookmark show / pause / resume / rewind / reset: which files a table has taken.
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/query_flags.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/temporal_pattern.h"
#include "ledger/ledger.h"
#include "report/report_model.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExamples =
    "Examples:\n"
    "  lakegate bookmark show events\n"
    "  lakegate bookmark pause events                            no new files until resume\n"
    "  lakegate bookmark rewind events --to 2025-01-05T06:00:00Z  read again what was taken since\n"
    "  lakegate bookmark rewind events --to RUN                  what that run took, and later "
    "ones\n"
    "  lakegate bookmark reset events                            read all files again\n"
    "A table with mode append or upsert takes every landed file version once; its bookmark is what "
    "it has taken,\nand moves in the same step as the table. Files that are read again replace "
    "their rows (append) or are\nmerged again (upsert): nothing counts twice. The next lakegate "
    "run "
    "does it.";

struct BookmarkFlags {
  std::string dataset, to, folder = ".";
  bool json = false;
};

Result<std::unique_ptr<Ledger>> OpenFor(const BookmarkFlags& flags, const CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  const Dataset* const dataset = config.FindDataset(flags.dataset);
  if (dataset == nullptr) {
    std::string known;
    for (const Dataset& each : config.datasets) known += (known.empty() ? "" : ", ") + each.name;
    return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + flags.dataset + "'",
                 "known are: " + known};
  }
  if (!TakesFilesOnce(dataset->publish.mode)) {
    return Error{ErrorCode::kInvalidConfig,
                 flags.dataset + " has no bookmark: mode " + Name(dataset->publish.mode) +
                     " reads all files of a partition every time",
                 "lakegate run " + flags.dataset + " --force makes it anew"};
  }
  return Ledger::Open(config.ledger, {});
}

std::string Times(int64_t count, const std::string& what) {
  return WithCommas(count) + " " + what + (count == 1 ? "" : "s");
}

Result<ExitCode> Show(const BookmarkFlags& flags, const CommandContext& context, Ledger& ledger,
                      const std::string& done) {
  (void)context;
  LAKEGATE_ASSIGN(const Bookmark bookmark, ledger.bookmarks().Find(flags.dataset));
  if (flags.json) {
    const Json json = {
        {"dataset", flags.dataset},
        {"paused_at", bookmark.paused_us ? Json(FormatTimestamp(*bookmark.paused_us)) : Json()},
        {"taken", bookmark.consumed},
        {"waiting", bookmark.waiting},
        {"held", bookmark.held},
        {"ignored", bookmark.ignored},
        {"last_run", bookmark.last_run_id ? Json(*bookmark.last_run_id) : Json()},
        {"last_taken_at",
         bookmark.last_taken_us ? Json(FormatTimestamp(*bookmark.last_taken_us)) : Json()},
        {"done", done}};
    return Print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n")
               ? kExitDone
               : kExitNotDelivered;
  }
  std::string text = done.empty() ? "" : done + "\n";
  text += flags.dataset + "  " + Times(bookmark.consumed, "file") + " taken, " +
          WithCommas(bookmark.waiting) + " waiting, " + WithCommas(bookmark.held) + " held, " +
          WithCommas(bookmark.ignored) + " ignored\n";
  if (bookmark.last_run_id) {
    text += "  last: run " + *bookmark.last_run_id + " at " +
            FormatTimestamp(*bookmark.last_taken_us) + "\n";
  }
  if (bookmark.paused_us) {
    text += "  paused since " + FormatTimestamp(*bookmark.paused_us) +
            ": lakegate bookmark resume " + flags.dataset + "\n";
  }
  return Print(text) ? kExitDone : kExitNotDelivered;
}

// A run's id, or a time.
Result<TimestampUs> PointOf(const BookmarkFlags& flags, Ledger& ledger) {
  LAKEGATE_ASSIGN(const std::optional<TimestampUs> published,
                  ledger.bookmarks().FindPublication(flags.dataset, flags.to));
  if (published) return *published;
  const SystemClock clock;
  Result<TimestampUs> time = ParseNow(flags.to, clock);
  if (time) return time;
  return Error{
      ErrorCode::kInvalidConfig,
      "'" + flags.to + "' is no time, and no run that files of " + flags.dataset + " were taken by",
      "write --to 2025-01-05T06:00:00Z, or a run's id: lakegate bookmark show " + flags.dataset};
}

Result<ExitCode> Rewind(const BookmarkFlags& flags, const CommandContext& context,
                        bool everything) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenFor(flags, context));
  TimestampUs from_us = INT64_MIN;
  if (!everything) {
    LAKEGATE_ASSIGN(from_us, PointOf(flags, *ledger));
  }
  LAKEGATE_ASSIGN(const Rewound rewound, ledger->bookmarks().Rewind(flags.dataset, from_us));
  std::string done = Times(rewound.files, "file") + " will be read again by the next run";
  if (rewound.gone > 0) {
    done += "; of " + Times(rewound.gone, "file") + " that left land the rows stay as they are";
  }
  return Show(flags, context, *ledger, done);
}

Result<ExitCode> SetPause(const BookmarkFlags& flags, const CommandContext& context, bool pause) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenFor(flags, context));
  if (pause) {
    LAKEGATE_TRY(ledger->bookmarks().Pause(flags.dataset, SystemClock().Now()));
  } else {
    LAKEGATE_TRY(ledger->bookmarks().Resume(flags.dataset));
  }
  return Show(flags, context, *ledger, pause ? "paused" : "resumed");
}

Result<ExitCode> ShowOnly(const BookmarkFlags& flags, const CommandContext& context) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenFor(flags, context));
  return Show(flags, context, *ledger, "");
}

CLI::App* AddVerb(CLI::App* app, const char* name, const char* what,
                  const std::shared_ptr<BookmarkFlags>& flags) {
  CLI::App* verb = app->add_subcommand(name, what);
  verb->add_option("DATASET", flags->dataset, "A dataset with mode append or upsert")->required();
  verb->add_option("-C", flags->folder, "The lake's folder (default: here)");
  verb->add_flag("--json", flags->json, "Print as JSON");
  return verb;
}

}  // namespace

Command AddBookmarkCommand(CLI::App& program) {
  auto flags = std::make_shared<BookmarkFlags>();
  CLI::App* app = program.add_subcommand("bookmark", "Which files a table has taken");
  app->footer(kExamples);
  app->require_subcommand(1);
  AddVerb(app, "show", "What is taken, waiting, held", flags);
  CLI::App* pause = AddVerb(app, "pause", "Take no new files until resume", flags);
  CLI::App* resume = AddVerb(app, "resume", "Take files again", flags);
  CLI::App* rewind = AddVerb(app, "rewind", "Read again what was taken since", flags);
  rewind->add_option("--to", flags->to, "A time (ISO 8601), or the id of a run")->required();
  CLI::App* reset = AddVerb(app, "reset", "Read all files again", flags);
  return {app, [flags, pause, resume, rewind, reset](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = pause->parsed()    ? SetPause(*flags, context, true)
                                    : resume->parsed() ? SetPause(*flags, context, false)
                                    : rewind->parsed() ? Rewind(*flags, context, false)
                                    : reset->parsed()  ? Rewind(*flags, context, true)
                                                       : ShowOnly(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
