// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.system.MemoryProtection;
import dev.bartizan.crypto.keystore.Pkcs11Module;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrSelection;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentConfigTest {
  private static final String MINIMAL = "[repository]\nurl = \"http://updates.example/\"\n";

  @Test
  void theLeastFileNamesOnlyTheRepository() throws Exception {
    AgentConfig config = AgentConfig.parse("agent.toml", MINIMAL);
    assertEquals(URI.create("http://updates.example/"), config.repository().url());
    assertEquals(Path.of("/var/lib/bartizan"), config.device().stateDirectory());
    assertEquals(List.of(13, 15, 12, 8), config.keystore().agentPcrs());
    assertEquals(Optional.empty(), config.fleet().broker());
    assertEquals(new AgentConfig.Memory(MemoryProtection.ORDINARY, false), config.memory());
  }

  @Test
  void memoryCanBeAskedToBeBetterThanWhatThereIs() throws Exception {
    AgentConfig config =
        AgentConfig.parse(
            "agent.toml", MINIMAL + "[memory]\nsecrets = \"hidden\"\nswap = \"refuse\"\n");
    assertEquals(new AgentConfig.Memory(MemoryProtection.HIDDEN, true), config.memory());
    assertRefused(
        MINIMAL + "[memory]\nsecrets = \"safe\"\n",
        "agent.toml: memory.secrets is not one of \"ordinary\", \"locked\", \"hidden\": safe");
  }

  @Test
  void addressesThatALibraryWouldChokeOnAreRefusedByTheirKey() {
    // A daemon that dies of its configuration with a stack trace is restarted for ever.
    for (String url :
        List.of(
            "http://h:99999/",
            "http://h:0/",
            "http://h:x/",
            "http://h/?a=b",
            "http://h/#top",
            "http://u@h/",
            "http:///x",
            "http:h",
            "http://[::1/",
            "http://a b/",
            "//h/")) {
      assertNamed("[repository]\nurl = \"" + url + "\"\n", "repository.url");
      assertNamed(MINIMAL + "mirrors = [\"" + url + "\"]\n", "repository.mirrors");
    }
    for (String server :
        List.of("h", "h:", "h:0", "h:70000", "h:1/x", "h:1?q", "h:1#f", "u:p@h:1", ":1", "")) {
      assertNamed(MINIMAL + "proxy = \"http://" + server + "\"\n", "repository.proxy");
      assertNamed(MINIMAL + "[fleet]\nbroker = \"ssl://" + server + "\"\n", "fleet.broker");
    }
  }

  @Test
  void addressesAsPeopleWriteThemAreTaken() throws Exception {
    for (String url : List.of("https://h", "http://10.0.0.1:8080/a/b", "https://[::1]:443/x/")) {
      String toml = "[repository]\nurl = \"" + url + "\"\n";
      assertEquals(URI.create(url), AgentConfig.parse("agent.toml", toml).repository().url());
    }
    String fleet = MINIMAL + "[fleet]\nbroker = \"ssl://localhost:8883\"\n";
    assertEquals(
        Optional.of(URI.create("ssl://localhost:8883")),
        AgentConfig.parse("agent.toml", fleet).fleet().broker());
  }

  private static void assertNamed(String toml, String key) {
    ConfigRefusal refusal =
        assertThrows(ConfigRefusal.class, () -> AgentConfig.parse("agent.toml", toml), () -> toml);
    assertTrue(String.valueOf(refusal.getMessage()).contains(key), refusal.getMessage());
  }

  @Test
  void whatIsWrongIsNamedByFileAndKey() {
    assertRefused("", "agent.toml: repository.url is missing");
    assertRefused(
        MINIMAL + "urll = 1\n", "agent.toml: repository.urll is not a key this agent knows");
    assertRefused(MINIMAL + "[serv]\n", "agent.toml: serv is not a key this agent knows");
    assertRefused(
        MINIMAL + "[serve]\nthreads = -1\n",
        "agent.toml: serve.threads is not a whole number from 0 to 1024");
    assertRefused(
        MINIMAL + "[serve]\ncontrol_socket = \"run/x\"\n",
        "agent.toml: serve.control_socket is not an absolute path: run/x");
    assertRefused(
        MINIMAL + "[fleet]\nbroker = \"tcp://host:1883\"\n",
        "agent.toml: fleet.broker is not ssl://HOST:PORT: tcp://host:1883");
    assertRefused(
        "[repository]\nurl = \"ftp://x/\"\n",
        "agent.toml: repository.url is not http://HOST[:PORT]...: ftp://x/");
    assertRefused(
        MINIMAL + "[keystore]\nkind = \"magic\"\n",
        "agent.toml: keystore.kind is not \"tpm2\", \"pkcs11\" or \"software\"");
  }

  @Test
  void eachKindOfKeystoreHasItsOwnKeys() throws Exception {
    AgentConfig token =
        AgentConfig.parse(
            "agent.toml",
            MINIMAL
                + "[keystore]\nkind = \"pkcs11\"\nmodule = \"/usr/lib/libckteec.so.0\"\n"
                + "slot = 0\npin_file = \"/etc/pin\"\nkey_label = \"camera\"\n");
    assertEquals(
        new KeystoreBackend.Pkcs11(
            new Pkcs11Module(Path.of("/usr/lib/libckteec.so.0"), 0), Path.of("/etc/pin"), "camera"),
        token.keystore().backend());
    AgentConfig software =
        AgentConfig.parse(
            "agent.toml",
            MINIMAL
                + "[keystore]\nkind = \"software\"\nfor_development = true\n"
                + "password_file = \"/etc/password\"\n");
    assertEquals(
        new KeystoreBackend.Software(Path.of("/etc/password")), software.keystore().backend());
    assertEquals(
        Protection.Kind.TPM2, AgentConfig.parse("agent.toml", MINIMAL).keystore().backend().kind());
  }

  @Test
  void whatDoesNotBelongToTheKindOfKeystoreIsRefused() {
    String token =
        MINIMAL + "[keystore]\nkind = \"pkcs11\"\nmodule = \"/usr/lib/x.so\"\nslot = 0\n";
    assertRefused(
        token + "tpm = \"/dev/tpmrm0\"\n",
        "agent.toml: keystore.tpm is not a key this agent knows");
    assertRefused(
        token + "bound_pcrs = \"sha256:7\"\n",
        "agent.toml: keystore.bound_pcrs is not a key this agent knows");
    assertRefused(
        MINIMAL + "[keystore]\nslot = 0\n",
        "agent.toml: keystore.slot is not a key this agent knows");
    assertRefused(
        MINIMAL + "[keystore]\nkind = \"pkcs11\"\nmodule = \"/usr/lib/x.so\"\n",
        "agent.toml: keystore.slot is missing");
    assertRefused(
        MINIMAL + "[keystore]\nkind = \"pkcs11\"\nslot = 0\n",
        "agent.toml: keystore.module is missing");
    assertRefused(
        token.replace("/usr/lib/x.so", "x.so"),
        "agent.toml: keystore.module is not an absolute plain path: x.so");
    assertRefused(
        token + "pin = \"1234\"\n", "agent.toml: keystore.pin is not a key this agent knows");
  }

  @Test
  void theBootStatesOfTheUnwrapKeyArePcrsAnAuthoritysOrBoth() throws Exception {
    BootBinding image = binding("");
    assertEquals(Optional.empty(), image.pcrs());
    assertInstanceOf(BootBinding.Authority.OfImage.class, image.authority());
    assertEquals(List.of(Path.of("/run/systemd/tpm2-pcr-signature.json")), image.approvals());
    assertEquals(new BootBinding.Authority.None(), binding("authority = \"none\"\n").authority());
    assertEquals(
        new BootBinding(
            Optional.of(new PcrSelection(List.of())),
            new BootBinding.Authority.Given(Path.of("/etc/authority.pem")),
            List.of(Path.of("/etc/a.json"), Path.of("/run/b.json")),
            AttestationKind.RSA_2048),
        binding(
            """
            bound_pcrs = "none"
            authority = "/etc/authority.pem"
            approvals = ["/etc/a.json", "/run/b.json"]
            attestation_key = "rsa-2048"
            """));
    assertRefused(
        MINIMAL + "[keystore]\nbound_pcrs = \"none\"\n",
        "agent.toml: keystore.bound_pcrs is \"none\", which keystore.authority has to make up for");
    assertRefused(
        MINIMAL + "[keystore]\napprovals = [\"a.json\"]\n",
        "agent.toml: keystore.approvals is not an absolute path: a.json");
  }

  private static BootBinding binding(String keystore) throws Exception {
    AgentConfig config = AgentConfig.parse("agent.toml", MINIMAL + "[keystore]\n" + keystore);
    return ((KeystoreBackend.Tpm2) config.keystore().backend()).binding();
  }

  // Attack: what was measured is taken back within the same boot, by TPM2_PCR_Reset.
  @Test
  void aPcrThatAnybodyMayResetIsNoPlaceForMeasurements() throws Exception {
    for (int pcr : List.of(16, 23)) {
      assertRefused(
          MINIMAL + "[keystore]\nagent_pcr = " + pcr + "\n",
          "agent.toml: keystore.agent_pcr has PCR "
              + pcr
              + ", which anybody with the TPM may reset: take 13, 15, 12 or 8");
    }
    assertRefused(
        MINIMAL + "[keystore]\nagent_pcr = [13, 7]\n",
        "agent.toml: keystore.agent_pcr has PCR 7, which is not the agent's: take 8 to 15, not 10");
    assertRefused(
        MINIMAL + "[keystore]\nagent_pcr = [\"13\"]\n",
        "agent.toml: keystore.agent_pcr is not a whole number, nor a list of them");
    assertRefused(
        MINIMAL + "[keystore]\nagent_pcr = []\n",
        "agent.toml: keystore.agent_pcr is an empty list");
    assertRefused(
        MINIMAL + "[keystore]\nagent_pcr = 8\nbound_pcrs = \"sha256:4,8\"\n",
        "agent.toml: keystore.agent_pcr has no PCR that keystore.bound_pcrs leaves to the agent");
    assertEquals(
        List.of(14),
        AgentConfig.parse("agent.toml", MINIMAL + "[keystore]\nagent_pcr = 14\n")
            .keystore()
            .agentPcrs());
  }

  // Nobody gets keys in software by a typing error.
  @Test
  void aSoftwareKeystoreHasToBeAskedForTwice() {
    assertRefused(
        MINIMAL + "[keystore]\nkind = \"software\"\n",
        "agent.toml: keystore.kind is \"software\", which also wants for_development = true");
  }

  @Test
  void aSyntaxErrorNamesItsLine() {
    ConfigRefusal refusal =
        assertThrows(ConfigRefusal.class, () -> AgentConfig.parse("agent.toml", MINIMAL + "= 3\n"));
    assertEquals("agent.toml: line 3", refusal.getMessage().substring(0, 18));
  }

  private static void assertRefused(String toml, String message) {
    ConfigRefusal refusal =
        assertThrows(ConfigRefusal.class, () -> AgentConfig.parse("agent.toml", toml));
    assertEquals(message, refusal.getMessage());
  }
}
