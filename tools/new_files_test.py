import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import case_file  # noqa: E402
import check_tree  # noqa: E402
import new_files  # noqa: E402


class NewFilesTest(unittest.TestCase):
    def test_what_it_makes_is_in_house_style(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            root = pathlib.Path(folder)
            new_files.main(["validate", "range_rule"], root)
            new_files.main(["case", "lines_are_counted", "--room", "read"], root)
            self.assertEqual(check_tree.check(root), (3, []))
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                new_files.main(["validate", "range_rule"], root)

    def test_the_case_can_be_read(self):
        [text] = new_files.plan("case", "some_case", "read").values()
        self.assertEqual(case_file.parse_case(text).title, "S0 Some case")


if __name__ == "__main__":
    unittest.main()
