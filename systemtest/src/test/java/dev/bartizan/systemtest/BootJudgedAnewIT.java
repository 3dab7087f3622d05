// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.ReferencePcrs;
import dev.bartizan.systemtest.lab.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that is on while what the fleet knows of its boot, and thinks of it, changes. */
final class BootJudgedAnewIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Path home = Path.of("");
  private Lab lab;
  private TestDevice device;

  @BeforeEach
  void powerOn() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    device = lab.device();
  }

  @AfterEach
  void switchOff() throws Exception {
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void aBootIsGoodBadOrUnknownByTheDocumentsOfToday() throws Exception {
    lab.enrol();
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    vouchForTheAgent();
    policy("--serve-unknown-boot");
    device.start();
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);
    await("unknown", "1.0.0");

    policy();
    look();
    await("unknown", "");
    assertTrue(boot().contains("does not accept what is unknown"), boot());

    lab.vouchForBoot();
    look();
    await("good", "1.0.0");
    assertEquals("", boot());

    // Attack: wrong software; it ran before anybody had said that it must not.
    policy("--serve-unknown-boot");
    vouchForAnother("kernel 2");
    look();
    await("bad", "");
    assertTrue(boot().contains("pcr sha256:"), boot());
    assertEquals(
        "bad", Lab.answer(lab.command("status").expect(0)).at("/result/boot/verdict").asText());

    lab.vouchForBoot("--also");
    look();
    await("good", "1.0.0");
  }

  private void vouchForTheAgent() throws Exception {
    String said = device.run("--version").expect(0).out().strip();
    lab.operator()
        .release(
            "software",
            Distribution.built().home().toString(),
            "--version",
            said.substring(said.lastIndexOf(' ') + 1));
  }

  private void policy(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("policy", "--models", Models.NAME));
    all.addAll(List.of(options));
    lab.operator().release(all.toArray(String[]::new));
  }

  /** Signs the boot of another kernel, and no other. */
  private void vouchForAnother(String kernel) throws Exception {
    try (Swtpm chip = Swtpm.unmeasured()) {
      TestDevice.boot(chip, kernel);
      Path pcrs = Files.writeString(home.resolve("other.json"), ReferencePcrs.of(chip));
      Path log = Files.write(home.resolve("other.log"), TestDevice.log(kernel));
      lab.operator()
          .release(
              "reference",
              "--profile",
              "default",
              "--pcrs",
              pcrs.toString(),
              "--event-log",
              log.toString());
    }
  }

  /** Has the device ask the repository. */
  private void look() throws Exception {
    Outcome looked = device.run("update", "--check");
    assertTrue(looked.exit() == 0 || looked.exit() == 1, looked.err());
  }

  private void await(String verdict, String serving) throws Exception {
    Patience.await(
        "a boot that is " + verdict + ", serving " + (serving.isEmpty() ? "nothing" : serving),
        PATIENCE,
        () -> {
          JsonNode status = device.status();
          return status.at("/boot/verdict").asText().equals(verdict)
              && device.serving(Models.NAME).equals(serving);
        });
  }

  private String boot() throws Exception {
    return device.status().at("/alarms/boot").asText();
  }
}
