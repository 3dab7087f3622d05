// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which key a device is named after, and by whose word, as people say it on the command line. The
 * server believes the chips' maker for P-256 keys, and for no others.
 */
final class EndorsementOptionsIT {
  private Path home = Path.of("");
  private Lab lab;
  private int port;
  private Background server;

  @BeforeEach
  void found() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    port = Ports.free();
    server = lab.operator().serve(port);
  }

  @AfterEach
  void switchOff() throws Exception {
    server.close();
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void whoChoseAKeyThatTheMakerIsNotBelievedForCanFollowTheAdvice() throws Exception {
    TestDevice device = lab.device();
    Outcome refused = enrol(device, "--endorsement-key", "rsa-2048");
    assertEquals(1, refused.exit(), refused.err());
    assertSays(refused, "--endorsement-key p-256");
    assertEquals(0, enrol(device, "--endorsement-key", "p-256").exit());
    assertEquals(0, enrol(device).exit(), "who is enrolled need not choose again");

    Outcome other = enrol(device, "--endorsement-key", "rsa-2048");
    assertEquals(1, other.exit(), other.err());
    assertSays(other, "leave the choice out");
  }

  @Test
  void whoChoseAKeyWithoutACertificateIsToldWhatElseThereIs() throws Exception {
    Outcome refused = enrol(lab.device(), "--endorsement-key", "rsa-3072");
    assertTrue(refused.exit() == 1 || refused.exit() == 3, refused.err());
    assertSays(refused, "--ek-certificate");
    assertEquals(0, enrol(lab.device()).exit(), "nothing was made that would now be in the way");

    Outcome unheardOf = enrol(lab.device(), "--endorsement-key", "p-521");
    assertEquals(2, unheardOf.exit(), unheardOf.err());
    assertSays(unheardOf, "p-256");
  }

  @Test
  void aChipThatKeepsNoCertificateIsTakenInByTheOneItCameWith() throws Exception {
    try (Swtpm chip = Swtpm.manufacture(EndorsementKind.RSA_2048)) {
      TestDevice bare = bare(chip, "bare");
      Outcome without = enrol(bare, "--endorsement-key", "p-256");
      assertTrue(without.exit() == 1 || without.exit() == 3, without.err());
      assertSays(without, "--ek-certificate");

      String der = chip.certificateOfEccKey().toString();
      Outcome enrolled = enrol(bare, "--ek-certificate", der);
      assertEquals(0, enrolled.exit(), enrolled.err());
      assertEquals(enrolled.out(), enrol(bare, "--ek-certificate", pem(chip)).out());
      String devices = lab.operator().run("device", "list").out();
      assertTrue(devices.contains(enrolled.out().strip().replace("enrolled as ", "")), devices);
    }
  }

  // Attack: identity spoofing; the certificate is good, and another chip's.
  @Test
  void anotherChipsCertificateAndWhatIsNoneAreRefusedByName() throws Exception {
    try (Swtpm chip = Swtpm.manufacture(EndorsementKind.RSA_2048);
        Swtpm other = Swtpm.manufacture(EndorsementKind.RSA_2048)) {
      TestDevice bare = bare(chip, "bare");
      Outcome foreign = enrol(bare, "--ek-certificate", other.certificateOfEccKey().toString());
      assertEquals(1, foreign.exit(), foreign.err());
      assertSays(foreign, "is not about this chip's p-256 key");

      Path page = Files.writeString(home.resolve("page"), "<html>not found</html>");
      Outcome nonsense = enrol(bare, "--ek-certificate", page.toString());
      assertEquals(1, nonsense.exit(), nonsense.err());
      assertSays(nonsense, page.toString());

      Path nowhere = home.resolve("nowhere");
      Outcome missing = enrol(bare, "--ek-certificate", nowhere.toString());
      assertEquals(3, missing.exit(), missing.err());
      assertSays(missing, nowhere + ": no such file");

      String own = chip.certificateOfEccKey().toString();
      Outcome mended = enrol(bare, "--ek-certificate", own);
      assertEquals(0, mended.exit(), mended.err());
    }
  }

  private TestDevice bare(Swtpm chip, String name) throws IOException {
    return lab.device().withChip(chip, home.resolve(name), lab.repositoryUrl(), lab.brokerPort());
  }

  private Path pem(Swtpm chip) throws IOException {
    byte[] der = Files.readAllBytes(chip.certificateOfEccKey());
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        home.resolve("ek.pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  private Outcome enrol(TestDevice device, Object... options) throws Exception {
    Path token = home.resolve("token");
    Files.deleteIfExists(token);
    lab.operator().run("device", "token", token.toString());
    List<String> command =
        new ArrayList<>(
            List.of(
                "enroll",
                "--server",
                "https://localhost:" + port,
                "--token-file",
                token.toString()));
    for (Object option : options) {
      command.add(option.toString());
    }
    return device.run(command.toArray(String[]::new));
  }

  private static void assertSays(Outcome outcome, String part) {
    assertTrue(outcome.err().contains(part), "expected \"" + part + "\" in: " + outcome.err());
  }
}
