// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device whose unwrap key works in the boot states that an authority signs. */
final class NewKernelIT {
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
  }

  @Test
  void aNewKernelOpensModelsOnceTheAuthorityHasSignedIt() throws Exception {
    Path key = home.resolve("authority.key");
    Path publicKey = home.resolve("authority.pem");
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key);
    openssl("pkey", "-in", key, "-pubout", "-out", publicKey);
    Path first = home.resolve("approvals.json");
    device.useKeystore(
        "tpm = \"" + device.chip().addressText() + "\"",
        "bound_pcrs = \"none\"",
        "authority = \"" + publicKey + "\"",
        "approvals = [\"" + first + "\"]");
    // Whoever makes keys in a state that nobody has approved could never use them.
    assertTrue(lab.enrolWhere().reason().contains("none of the 0 signed boot states"));
    approve(key, "--out", first.toString());
    lab.enrolWhere().expect(0);
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    lab.vouch();
    device.start();
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);
    assertEquals("1.0.0", device.serving(Models.NAME));
    device.stop();

    device.restartWith("kernel 2");
    lab.vouchForBoot("--also");
    device.start();
    Patience.await("the refusal", PATIENCE, () -> problem().contains("PCR_MISMATCH"));
    assertTrue(problem().contains("none of the"), problem());
    assertEquals("", device.serving(Models.NAME));

    approve(key, "--also");
    device.stop();
    device.start();
    Patience.await(
        "1.0.0 on the new kernel", PATIENCE, () -> device.serving(Models.NAME).equals("1.0.0"));
    assertEquals(0, device.run("check").exit());
    assertTrue(device.run("doctor").out().contains("ok    boot approvals: "));
  }

  private String problem() throws Exception {
    return device.status().path("alarms").path(Models.NAME).asText();
  }

  /** Signs what the device has booted now. */
  private void approve(Path key, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("approvals"));
    command.addAll(List.of("--profile", "default", "--key", key.toString()));
    command.addAll(List.of("--sign", "sha256:4,7", "--values", lab.pcrs().toString()));
    command.addAll(Arrays.asList(options));
    lab.operator().release(command.toArray(String[]::new));
  }

  private static void openssl(Object... arguments) throws Exception {
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    new Program("openssl").run(texts).expect(0);
  }
}
