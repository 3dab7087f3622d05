// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Whoever enrols a device through a line that drips is told so, soon, and may try again: within two
 * minutes and a half for each of the two answers, by the pace of one exchange.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrippedEnrolmentIT {
  /** A handshake or a head is given up after twenty seconds, a body after ten of too few bytes. */
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final Duration PER_BYTE = Duration.ofSeconds(2);

  private Path home = Path.of("");
  private Lab lab;

  @BeforeAll
  void found() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
  }

  @AfterAll
  void end() throws IOException {
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void aHandshakeThatIsDrippedEndsTheEnrolment() throws Exception {
    int port = Ports.free();
    try (DripServer server = new DripServer(port, home, path -> true, PER_BYTE)) {
      boolean wasEnrolled = isEnrolled();
      assertGivenUp(enrol(port));
      assertEquals(wasEnrolled, isEnrolled());
      assertTrue(server.dripped() > 0);
    }
  }

  @Test
  void anAnswerThatIsDrippedEndsTheEnrolmentAndTheTokenCanBeUsedAgain() throws Exception {
    int port = Ports.free();
    Path token = home.resolve("token");
    lab.operator().run("device", "token", token.toString());
    try (Background server = lab.operator().serve(port);
        DripProxy line = new DripProxy(port, PER_BYTE)) {
      assertTrue(server.isAlive(), server.log());
      assertGivenUp(enrol(line.port(), "--token-file", token.toString()));
      assertFalse(isEnrolled());
      assertTrue(line.dripped() > 0, "the answer was never begun");
      Outcome again = enrol(port, "--token-file", token.toString());
      assertTrue(again.expect(0).out().startsWith("enrolled as "), again.out());
    }
  }

  private boolean isEnrolled() {
    return Files.exists(lab.device().state().resolve("credentials.json"));
  }

  private Outcome enrol(int port, String... options) throws Exception {
    String[] all =
        Stream.concat(
                Stream.of("enroll", "--server", "https://localhost:" + port), Stream.of(options))
            .toArray(String[]::new);
    return lab.device().run(all);
  }

  private static void assertGivenUp(Outcome enrolled) {
    OneDevice.assertOneLine(3, enrolled, "https://localhost:");
    assertTrue(enrolled.took().compareTo(SOON) < 0, enrolled.took().toString());
    assertEquals("", enrolled.out());
  }
}
