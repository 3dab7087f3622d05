package dev.bartizan.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentConfigTest {
  private static final String MINIMAL = "[repository]\nurl = \"http://updates.example/\"\n";

  @Test
  void theLeastFileNamesOnlyTheRepository() throws Exception {
    AgentConfig config = AgentConfig.parse("agent.toml", MINIMAL);
    assertEquals(URI.create("http://updates.example/"), config.repository().url());
    assertEquals(Path.of("/var/lib/bartizan"), config.device().stateDirectory());
    assertEquals(23, config.keystore().agentPcr());
    assertEquals(Optional.empty(), config.fleet().broker());
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
        "agent.toml: fleet.broker is not ssl://HOST[:PORT]...: tcp://host:1883");
    assertRefused(
        "[repository]\nurl = \"ftp://x/\"\n",
        "agent.toml: repository.url is not http://HOST[:PORT]...: ftp://x/");
    assertRefused(
        MINIMAL + "[keystore]\nkind = \"magic\"\n",
        "agent.toml: keystore.kind is not \"tpm2\", the keystore this agent has");
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
