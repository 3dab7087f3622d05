// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.local.IntegrityCheck;
import dev.bartizan.agent.models.ModelVault;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.VerdictJson;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.trust.Foundation;
import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Machine;
import dev.bartizan.agent.world.Natives;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.HistoryHead;
import dev.bartizan.updater.install.HistoryRefusal;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.JournalRefusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bartizan check}. */
@Command(
    name = "check",
    description = {
      "Check the boot and model chain now: every link with its verdict, what was expected and"
          + " found.",
      "",
      "Exits 0 only when every link is good: what has no signed reference is unknown, not good."
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private JsonOption json = new JsonOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, Refusal {
    AgentConfig settings = config.read();
    byte[] document = runs(settings) ? ConfigOption.ask(settings, "check") : examine(settings);
    JsonNode chain = StrictJson.read(document, document.length, "check").tree();
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      json.print(out, document);
    } else {
      print(out, chain);
    }
    return chain.path("verdict").asText().equals("good") ? 0 : Failures.REFUSED;
  }

  /** A daemon that was killed has left its socket there: it has to answer. */
  @TouchesTheWorld("whether somebody listens on the daemon's socket")
  static boolean runs(AgentConfig settings) {
    Path socket = settings.serve().controlSocket();
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return probe.isConnected();
    } catch (ConnectException nobodyListens) {
      return false;
    } catch (IOException noRight) {
      return !Files.notExists(socket); // Whoever asks it then is told what is wrong.
    }
  }

  /** Without a daemon: the same check, in this process. */
  private static byte[] examine(AgentConfig settings) throws IOException, Refusal {
    try (Machine machine = new Machine(settings, ConfigOption.host())) {
      Host host = machine.host();
      Repository repository =
          new Repository(settings.repository(), machine::transport, host.time().nanoTime());
      Foundation foundation = new Foundation(settings, machine, repository, host.time().clock());
      foundation.documents().load();
      Natives natives = new Natives(settings, machine);
      ModelVault vault = Models.vault(machine, natives.crypto(), natives.memory(), foundation);
      ChainVerdict boot = foundation.bootCheck(natives.crypto()).examine();
      ChainVerdict state = new ChainVerdict(List.of(state(foundation, machine.disk())));
      ChainVerdict rest =
          IntegrityCheck.of(foundation.documents(), vault, natives.crypto(), machine.disk())
              .examine(boot.overall());
      ObjectNode chain = VerdictJson.chain(boot.then(state).then(rest));
      chain.set("safeguards", VerdictJson.safeguards(natives.safeguards().examine()));
      return StrictJson.write(chain);
    }
  }

  /**
   * Where the history is damaged, that is found beside this, and whether it is old nobody knows.
   */
  private static Link state(Foundation foundation, Disk disk) throws IOException {
    try {
      HistoryHead head = Installer.look(disk).head();
      return new RollbackAnchor(
              foundation.keystore().anchor(), foundation.documents(), () -> head, disk)
          .examine();
    } catch (JournalRefusal | HistoryRefusal damaged) {
      return Link.unknown("state", "the end of the history", damaged.getMessage());
    }
  }

  /** They do not count for the verdict: they are about this process, not about what it runs. */
  static void printSafeguards(PrintWriter out, JsonNode safeguards) {
    for (JsonNode safeguard : safeguards) {
      String verdict = safeguard.path("verdict").asText();
      String word = verdict.equals("bad") ? "weak" : verdict;
      out.println(
          (word + "        ").substring(0, 8)
              + "safeguard "
              + safeguard.path("name").asText()
              + ": "
              + safeguard.path("found").asText());
    }
  }

  private static void print(PrintWriter out, JsonNode chain) {
    for (JsonNode link : chain.path("links")) {
      String verdict = link.path("verdict").asText();
      out.println((verdict + "        ").substring(0, 8) + link.path("name").asText());
      if (!verdict.equals("good")) {
        out.println("          expected " + link.path("expected").asText());
        out.println("          found    " + link.path("found").asText());
      }
    }
    printSafeguards(out, chain.path("safeguards"));
    out.println(chain.path("verdict").asText());
  }
}
