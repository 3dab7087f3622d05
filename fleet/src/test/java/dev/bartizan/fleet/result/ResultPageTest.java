// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResultPageTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-zA-Z!][a-zA-Z0-9]*)([^>]*)>");
  private static final Set<String> EMPTY = Set.of("!DOCTYPE", "meta");
  private static final Set<String> OURS =
      Set.of(
          "html", "head", "title", "style", "body", "main", "h1", "p", "strong", "table", "caption",
          "thead", "tbody", "tr", "th", "td");

  private static String page(AttestationResult result, Instant now) {
    return new String(ResultPage.of(result, now), StandardCharsets.UTF_8);
  }

  // Attack: a device with markup in its words, read by the operator.
  @Test
  void whateverADeviceSaysOfItselfIsText() {
    String page = page(HostileResult.hostile(), HostileResult.NOW);
    Deque<String> open = new ArrayDeque<>();
    Matcher tags = TAG.matcher(page);
    while (tags.find()) {
      String name = tags.group(2);
      if (EMPTY.contains(name)) {
        continue;
      }
      assertTrue(OURS.contains(name), name);
      if (tags.group(1).isEmpty()) {
        open.push(name);
      } else {
        assertEquals(open.pop(), name);
      }
    }
    assertTrue(open.isEmpty(), open::toString);
    assertTrue(page.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)"), page);
    assertFalse(page.contains("\u202e"), "what turns the direction of the rest");
    assertFalse(page.contains("\u0000"));
  }

  @Test
  void nothingIsFetchedAndNoScriptRuns() {
    String page = page(HostileResult.hostile(), HostileResult.NOW);
    assertTrue(page.contains("default-src 'none'"));
    assertFalse(
        Pattern.compile("(src|href)=|url\\(|@import|http://|https://").matcher(page).find());
    String sheet = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    byte[] digest = Digest.of(sheet.getBytes(StandardCharsets.UTF_8)).value().toArray();
    assertTrue(page.contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'"));
  }

  @Test
  void itIsReadWithoutEyesAndInTheDark() {
    String page = page(HostileResult.hostile(), HostileResult.NOW);
    assertTrue(page.contains("<html lang=\"en\">"));
    assertTrue(page.contains("prefers-color-scheme:dark"));
    assertEquals(3, page.split("<caption>", -1).length - 1);
    assertFalse(page.contains("<th>"), "each heading says what it is of");
  }

  @Test
  void theVerdictAndEachReasonAreInWords() {
    String page = page(HostileResult.hostile(), HostileResult.NOW);
    assertTrue(page.contains("Contraindicated: this device is not what it should be."));
    assertTrue(page.contains("A measured value is not the one that was signed as good"));
    assertTrue(page.contains("<td>pcr 7</td><td>a</td>"), page);
    assertTrue(page.contains("Nothing was said of it."), "claims that were not judged");
  }

  @Test
  void whoseTimeIsOverReadsAsStale() {
    AttestationResult good = HostileResult.withReasons(TrustTier.AFFIRMING);
    assertFalse(page(good, HostileResult.NOW).contains("Stale"));
    assertTrue(page(good, good.expiresAt()).contains("Stale"));
  }
}
