import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_layers  # noqa: E402


class CheckLayersTest(unittest.TestCase):
    def problems(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return check_layers.check(pathlib.Path(folder))[1]

    def assert_fine(self, name, text):
        self.assertEqual(self.problems(name, text), [])

    def assert_problem(self, name, text, part):
        found = self.problems(name, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_rooms_to_the_left_are_fine(self):
        self.assert_fine("read/a.cc", '#include "core/result.h"\n#include "read/a.h"\n')

    def test_rooms_to_the_right_are_not(self):
        self.assert_problem("read/a.cc", '\n#include "write/b.h"\n', "a.cc:2: read may not include")
        self.assert_problem("core/a.h", '#  include "cli/b.h"\n', "core may not include cli")

    def test_libraries_only_in_their_room(self):
        self.assert_fine("read/a.cc", "#include <simdjson.h>\n#include <xxhash.h>\n")
        self.assert_problem("run/a.cc", "#include <simdjson.h>\n", "simdjson may be included only")
        self.assert_problem("config/a.cc", "#include <yaml-cpp/yaml.h>\n", "yaml-cpp")
        self.assert_problem("read/a.cc", "#include <arrow/api.h>\n", "Arrow")
        self.assert_problem("report/a.cc", "#include <CLI/CLI.hpp>\n", "CLI11")
        self.assert_fine("ledger/a.cc", "#include <nlohmann/json.hpp>\n#include <sqlite3.h>\n")

    def test_system_headers_are_fine(self):
        self.assert_fine("core/a.cc", "#include <vector>\n#include <sys/stat.h>\n#include <cstdio>\n")

    def test_unknown_libraries_are_not(self):
        self.assert_problem("core/a.cc", "#include <boost/any.hpp>\n", "no known library")
        self.assert_problem("core/a.cc", '#include "result.h"\n', "full path")

    def test_only_tests_may_include_test_libraries(self):
        self.assert_fine("core/a_test.cc",
                         '#include <gtest/gtest.h>\n#include "tests/support/clock.h"\n')
        self.assert_problem("core/a.cc", "#include <gtest/gtest.h>\n", "tests only")
        self.assert_problem("core/a.cc", '#include "tests/support/clock.h"\n', "full path")

    def test_files_belong_into_rooms(self):
        self.assert_problem("misc/a.cc", "", "'misc' is no room")
        self.assert_problem("a.cc", "", "belongs into a room")


if __name__ == "__main__":
    unittest.main()
