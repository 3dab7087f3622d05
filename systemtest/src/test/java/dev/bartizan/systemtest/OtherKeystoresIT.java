// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.keystore.SoftHsm;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole devices whose keys are not in a TPM: from enrolment to a report, and to refusal. */
final class OtherKeystoresIT {
  private static final String NONCE = "00112233445566778899aabbccddeeff";
  private static final ObjectMapper JSON = new ObjectMapper();

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
  void aDeviceWithAPkcs11TokenEnrolsGetsAModelServesItAndReports() throws Exception {
    // Background processes inherit this one's environment, which names the tokens.
    Path tokens = Files.createDirectories(home.resolve("tokens"));
    SoftHsm token = SoftHsm.make(Path.of(System.getenv("SOFTHSM2_CONF")), tokens);
    Path pin = secret("pin", "1111");
    device.useKeystore(
        "kind = \"pkcs11\"",
        "module = \"" + SoftHsm.MODULE + "\"",
        "slot = " + token.slot(),
        "pin_file = \"" + pin + "\"");

    Outcome wrongPin = lab.enrolWhere("--accept-keystore", "pkcs11");
    assertEquals(1, wrongPin.exit());
    assertTrue(wrongPin.reason().contains("does not take this PIN"), wrongPin.reason());
    assertTrue(device.run("doctor").out().contains("correct the PIN file"));
    secret("pin", SoftHsm.PIN);

    Outcome notAccepted = lab.enrolWhere();
    assertEquals(1, notAccepted.exit());
    assertTrue(notAccepted.reason().contains("only devices with a TPM"), notAccepted.reason());
    lab.enrolWhere("--accept-keystore", "pkcs11").expect(0);
    assertEquals("pkcs11", registry().path("keystore").asText());

    serve("--keystores", "tpm2,pkcs11");
    assertEquals("pkcs11", device.status().path("keystore").path("kind").asText());
    // 1.0.0 is known to take this pit for a crack.
    assertEquals("crack", Models.label(device.infer(Models.NAME, Models.sample("pit"))));

    Outcome check = device.run("check", "--json");
    assertEquals(1, check.exit());
    JsonNode chain = JSON.readTree(check.out());
    assertEquals("unknown", chain.path("verdict").asText());
    assertEquals("unknown", link(chain, "boot PCRs"));
    assertEquals("good", link(chain, "keystore"));

    Path report = home.resolve("report");
    device.run("attest", "--nonce", NONCE, "--out", report.toString()).expect(0);
    Outcome verified =
        lab.operator().attempt("report", "verify", report.toString(), "--nonce", NONCE, "--json");
    assertEquals(1, verified.exit());
    assertTrue(verified.out().contains("NO_CHIP"), verified.out());
    assertTrue(verified.out().contains("NO_QUOTE"), verified.out());
    assertFalse(verified.out().contains("contraindicated"), verified.out());

    device.stop();
    token.remove();
    Outcome removed = device.run("check");
    assertEquals(1, removed.exit());
    assertTrue(removed.reason().contains(SoftHsm.MODULE.toString()), removed.reason());
  }

  @Test
  void aDeviceWithItsKeysInSoftwareIsRefusedByAPolicyThatForbidsIt() throws Exception {
    device.useKeystore(
        "kind = \"software\"",
        "for_development = true",
        "password_file = \"" + secret("password", "correct horse") + "\"");
    lab.enrolWhere("--accept-keystore", "software").expect(0);
    serve();
    assertEquals("software", device.status().path("keystore").path("kind").asText());
    device.stop();

    lab.operator().release("policy", "--models", Models.NAME, "--keystores", "tpm2,pkcs11");
    device.start();
    Patience.await(
        "the policy that forbids it",
        Duration.ofSeconds(60),
        () -> device.status().path("boot").path("verdict").asText().equals("bad"));
    // The verdict comes first, and what follows from it in the same turn of the loop.
    Patience.await(
        "the end of service", Duration.ofSeconds(10), () -> device.serving(Models.NAME).isEmpty());
    assertEquals("bad", link(device.status().path("boot"), "keystore"));
  }

  private void serve(String... policy) throws Exception {
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    List<String> options = new ArrayList<>(List.of(policy));
    // No chip, no boot state: the operator of such devices says that he knows.
    options.add("--serve-unknown-boot");
    lab.vouch(options.toArray(String[]::new));
    device.start();
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);
    assertEquals("1.0.0", device.serving(Models.NAME));
  }

  private Path secret(String name, String content) throws Exception {
    Path file = home.resolve(name);
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private JsonNode registry() throws Exception {
    return JSON.readTree(lab.operator().run("device", "show", lab.ueid(), "--json").out());
  }

  private static String link(JsonNode chain, String name) {
    for (JsonNode link : chain.path("links")) {
      if (link.path("name").asText().equals(name)) {
        return link.path("verdict").asText();
      }
    }
    return "no link " + name;
  }
}
