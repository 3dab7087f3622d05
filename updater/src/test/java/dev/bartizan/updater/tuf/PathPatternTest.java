// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "*, a, true",
    "*, '', true",
    "*, a/b, false",
    "a/*, a/b, true",
    "a/*, a/b/c, false",
    "a/*/c, a/b/c, true",
    "*.tgz, x.tgz, true",
    "*.tgz, .tgz, true",
    "*.tgz, x.tgz.exe, false",
    "foo-version-?.tgz, foo-version-a.tgz, true",
    "foo-version-?.tgz, foo-version-.tgz, false",
    "?, /, false",
    "a*b*c, axxbxxc, true",
    "a*b*c, axxbxx, false",
    "a*b*c, abcbc, true",
    "[ab]x, ax, true",
    "[ab]x, cx, false",
    "[!ab]x, cx, true",
    "[!ab]x, ax, false",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[]]x, ]x, true",
    "[ab, [ab, true",
    "[a-], -, true",
    "a.c, abc, false",
    "A, a, false",
    "/a, a, false",
    "'', '', true",
  })
  void matchesAsAShellWould(String pattern, String path, boolean expected) {
    assertEquals(expected, new PathPattern(pattern).matches(path));
  }

  @Test
  void takesNoLongerForAPatternMadeToTakeForEver() {
    String pattern = "*a".repeat(500) + "b";
    String path = "a".repeat(5000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertEquals(false, new PathPattern(pattern).matches(path)));
  }
}
