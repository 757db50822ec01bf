import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_tree  # noqa: E402
import cpp_text  # noqa: E402


class CheckTreeTest(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check_tree.check(pathlib.Path(folder))[1]

    def assert_fine(self, files):
        self.assertEqual(self.problems(files), [])

    def assert_problem(self, files, *parts):
        found = self.problems(files)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_names(self):
        self.assert_fine({"src/core/base64.cc": "", "src/core/utf8.cc": ""})
        self.assert_problem({"src/core/CamelCase.cc": ""}, "snake_case")
        self.assert_problem({"src/core/a.cpp": ""}, ".h or .cc")
        self.assert_problem({"src/core/string_utils.cc": ""}, "'utils' says nothing")
        self.assert_problem({"src/core/a.cc": "", "src/read/a.cc": ""}, "the same name as")

    def test_headers(self):
        self.assert_fine({"src/core/a.h": "#pragma once\n"})
        self.assert_problem({"src/core/a.h": "int x;\n"}, "#pragma once")
        self.assert_problem({"src/core/a.h": "#pragma once\nusing namespace std;\n"}, "a.h:2")
        self.assert_problem({"src/core/a.h": "#pragma once\n" + "int x;\n" * 150}, "151 lines")

    def test_sizes(self):
        body = "void F() {\n" + "  Call();\n" * 69 + "}\n"
        self.assert_problem({"src/core/a.cc": body}, "a.cc:1", "F has 71 lines")
        self.assert_fine({"src/core/a.cc": body.replace("  Call();\n", "", 1)})
        self.assert_problem({"src/core/a.cc": "int x;\n" * 501}, "501 lines")

    def test_exceptions_need_a_reason_and_a_use(self):
        long = "int x;\n" * 501
        self.assert_fine({"src/core/a.cc": long, "tools/tree_exceptions.txt": "src/core/a.cc why"})
        self.assert_problem({"src/core/a.cc": long, "tools/tree_exceptions.txt": "src/core/a.cc"},
                            "needs a reason")
        self.assert_problem({"src/core/a.cc": "", "tools/tree_exceptions.txt": "src/core/a.cc why"},
                            "needs no exception any more")

    def test_banned_calls(self):
        for code, allowed, banned in [
                ("auto n = std::chrono::system_clock::now();", "core", "run"),
                ("std::random_device r;", "core", "publish"), ("int r = rand();", "core", "read"),
                ("getenv(\"HOME\");", "cli", "config"), ("std::thread t;", "read", "quality")]:
            self.assert_fine({f"src/{allowed}/a.cc": code})
            self.assert_problem({f"src/{banned}/a.cc": "\n" + code}, "a.cc:2")

    def test_comments_and_texts_are_no_calls(self):
        self.assert_fine({"src/run/a.cc": '// not rand()\nauto x = "getenv("; /* std::async\n */\n'
                                          'auto y = R"(system_clock)"; int operand(int);\n'})

    def test_tests_may_start_threads(self):
        self.assert_fine({"src/core/a_test.cc": "TEST(A, B) { std::thread t; EXPECT_TRUE(1); }"})

    def test_catch_all(self):
        code = "try { F(); } catch (...) { }"
        self.assert_fine({"src/cli/main.cc": code, "src/run/a.cc": code})
        self.assert_problem({"src/cli/b.cc": code}, "catch (...)")

    def test_unfinished_work(self):
        self.assert_problem({"src/core/a.cc": "// TO" + "DO: later\n"}, "finish it")

    def test_tests_that_cannot_fail(self):
        self.assert_problem({"src/core/a_test.cc": "TEST(A, B) { F(); }"}, "expects nothing")
        self.assert_problem({"src/core/a_test.cc": "// EXPECT_TRUE\nTEST(A, B) {}"}, "expects")
        self.assert_problem({"src/core/a_test.cc": "void F() { EXPECT_TRUE(1); }"}, "no TEST in it")

    def test_cases(self):
        good = "S1 good\n--- run\nx\n--- stdout\n"
        self.assert_fine({"tests/cases/read/a.case": good})
        self.assert_problem({"tests/cases/read/a.case": good, "tests/cases/read/b.case": good},
                            "the same title as")
        self.assert_problem({"tests/cases/read/a.case": "S1 x\n--- run\nx\n"}, "nothing is expected")
        self.assert_problem({"tests/cases/read/a.json": ""}, "only .case files")


class FunctionsTest(unittest.TestCase):
    def names(self, text):
        return [(name, count) for name, _, count in cpp_text.functions(text)]

    def test_functions_and_methods(self):
        self.assertEqual(self.names(
            "namespace a {\nclass B : public C {\n public:\n  B(int x) : x_{x}, y_(1) {\n  }\n"
            "  int x() const { return x_; }\n};\nstruct D {\n  int e = 1;\n  int f{2};\n};\n"
            "int B::g(int a,\n         int b) {\n  if (a) {\n    for (;;) {\n    }\n  }\n"
            "  auto h = [&](int i) { return i; };\n}\n}  // namespace a\n"),
            [("B", 2), ("x", 1), ("B::g", 8)])

    def test_literals_do_not_confuse(self):
        self.assertEqual(self.names("char F() {\n  return '{';\n}\nauto G() {\n  return \"}\\\"\";\n}"
                                    "\nint H() {\n  return 1'000;\n}\n"),
                         [("F", 3), ("G", 3), ("H", 3)])

    def test_tables_are_no_functions(self):
        self.assertEqual(self.names("const Row kRows[] = {\n  {1, F(2)},\n};\n"
                                    "enum class E : uint8_t { kA };\n"), [])


if __name__ == "__main__":
    unittest.main()
