// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.AuthorityKey;
import dev.bartizan.agent.config.BootBinding;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.Keystores;
import dev.bartizan.agent.local.Surroundings;
import dev.bartizan.agent.report.VerdictJson;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.system.LockedMemory;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.trust.BootApprovals;
import dev.bartizan.agent.trust.PinnedRepository;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Network;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.cli.Failures;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bartizan doctor}. */
@Command(
    name = "doctor",
    description = "Look for what commonly goes wrong on a device, and say what to do about it.")
final class DoctorCommand implements Callable<Integer> {
  private static final Instant TOO_EARLY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Mixin private ConfigOption config = new ConfigOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private boolean healthy = true;

  /** One examination: says what it found, or fails. */
  @FunctionalInterface
  private interface Examination {
    String examine() throws IOException, Refusal, InterruptedException;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    AgentConfig settings = config.read();
    Host host = ConfigOption.host();
    Keystores keystores = new Keystores(settings, host.random(), host.time().pause());
    examine("configuration", "", () -> "in order");
    boolean chip = settings.keystore().backend().kind().attests();
    examine(
        chip ? "tpm" : "keystore",
        chip ? "is the user in group tss, and the TPM enabled in firmware?" : "",
        keystores::examine);
    if (chip) {
      examine("pcr banks", "", () -> banks(settings, keystores));
      examine(
          "event log",
          "is it of this boot? "
              + settings.device().bootLogs().firmware()
              + " must be what the firmware wrote: see bartizan-eventlog.service",
          () -> eventLog(settings, keystores));
      examine(
          "boot state",
          "sign what the boot extends (`bartizan-release reference`), or name a bank that"
              + " firmware measures into with keystore.boot_pcrs",
          () -> bootState(settings, keystores));
    }
    if (settings.keystore().backend() instanceof KeystoreBackend.Tpm2 tpm) {
      examine(
          "boot approvals",
          "have the authority sign files anew: systemd-measure, or `bartizan-fleet release"
              + " approvals`",
          () -> approvals(tpm.binding(), keystores));
    }
    examine("clock", "set the clock, or wait for network time", () -> clock(host));
    examine("bulk crypto", "", () -> BulkCrypto.fastest().name());
    examine(
        "repository",
        "check repository.url, repository.trust_root and the network",
        () -> repository(settings, host));
    examine(
        "fleet ca",
        "copy fleet-ca.pem from the operator's device/ folder",
        () -> anchors(settings));
    examine("broker", "check fleet.broker and the network", () -> broker(settings));
    daemon(settings);
    certificate(settings);
    surroundings(settings);
    safeguards(settings);
    return healthy ? 0 : Failures.REFUSED;
  }

  /** From inside the daemon's sandbox, where it answers; from here where it does not. */
  private void surroundings(AgentConfig settings) throws Refusal, IOException {
    PrintWriter out = spec.commandLine().getOut();
    byte[] seen;
    try {
      seen = ConfigOption.ask(settings, "surroundings");
    } catch (IOException | DaemonRefusal silent) {
      out.println("note  the daemon cannot be asked to look from inside its sandbox:");
      out.println("      " + silent.getMessage() + "; seen from here:");
      seen = new Surroundings(settings.device()).toJson();
    }
    for (JsonNode sight : StrictJson.read(seen, seen.length, "sights").tree().path("sights")) {
      String verdict = sight.path("verdict").asText();
      String subject = sight.path("subject").asText();
      String found = sight.path("found").asText();
      if (verdict.equals(Verdict.BAD.text())) {
        complain(out, subject, found, sight.path("advice").asText());
      } else {
        String word = verdict.equals(Verdict.GOOD.text()) ? "ok    " : "note  ";
        out.println(word + subject + ": " + found);
      }
    }
  }

  /** The daemon's own where it runs: what shields this process says nothing about that one. */
  private void safeguards(AgentConfig settings) throws IOException, Refusal {
    PrintWriter out = spec.commandLine().getOut();
    if (CheckCommand.runs(settings)) {
      try {
        CheckCommand.printSafeguards(out, status(settings).path("safeguards"));
      } catch (AccessDeniedException notForUs) {
        out.println("note  safeguards: only the daemon's user and root may ask for them");
      }
    } else {
      LockedMemory memory = new LockedMemory(settings.memory().secrets());
      memory.prepare();
      Safeguards safeguards = new Safeguards(memory, settings.memory().refusesSwap());
      CheckCommand.printSafeguards(out, VerdictJson.safeguards(safeguards.examine()));
    }
  }

  private void examine(String subject, String advice, Examination examination) {
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.println("ok    " + subject + ": " + examination.examine());
    } catch (KeystoreRefusal refusal) {
      complain(out, subject, Explanation.of(refusal), Keystores.advice(refusal.reason()));
    } catch (Refusal refusal) {
      complain(out, subject, Explanation.of(refusal), advice);
    } catch (IOException failure) {
      complain(out, subject, Explanation.of(failure), advice);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void complain(PrintWriter out, String subject, String what, String advice) {
    healthy = false;
    out.println("wrong " + subject + ": " + what);
    if (!advice.isEmpty()) {
      out.println("      " + advice);
    }
  }

  /** A bank that the TPM does not keep would otherwise be found at the first boot check. */
  private static String banks(AgentConfig settings, Keystores keystores) throws IOException {
    try (Tpm tpm = keystores.tpm().open()) {
      for (PcrBank bank : settings.keystore().bootPcrs().banks()) {
        tpm.pcrs().requireBank(bank.hash());
      }
      return tpm.pcrs().banks().stream().map(TpmHash::text).collect(Collectors.joining(", "));
    }
  }

  /** Whether it explains the PCRs, reference values or not. */
  private static String eventLog(AgentConfig settings, Keystores keystores) throws IOException {
    BootLogs logs = settings.device().bootLogs().read();
    if (logs.firmware().isEmpty()) {
      return "none at "
          + settings.device().bootLogs().firmware()
          + ": what a profile knows event by event stays unknown";
    }
    try (Tpm tpm = keystores.tpm().open()) {
      PcrValues found = tpm.pcrs().read(settings.keystore().bootPcrs());
      ChainVerdict verdict = ReferenceValues.none(settings.device().profile()).judge(found, logs);
      if (verdict.overall() == Verdict.BAD) {
        throw new IOException(verdict.faults());
      }
    }
    return "replays to what the TPM holds";
  }

  /** Whether firmware measures at all, and whether the daemon has judged all that was extended. */
  private static String bootState(AgentConfig settings, Keystores keystores)
      throws IOException, Refusal {
    PcrSelection selection = settings.keystore().bootPcrs();
    List<String> extended = new ArrayList<>();
    try (Tpm tpm = keystores.tpm().open()) {
      PcrValues found = tpm.pcrs().read(selection);
      for (PcrBank bank : selection.banks()) {
        if (!BootPcrs.isMeasured(bank.hash(), found)) {
          throw new IOException("firmware measures nothing into bank " + bank.hash().text());
        }
        bank.pcrs().stream()
            .filter(pcr -> BootPcrs.isExtended(pcr, found.find(bank.hash(), pcr).orElseThrow()))
            .forEach(pcr -> extended.add(bank.hash().text() + ":" + pcr));
      }
    }
    String all = "extended " + String.join(", ", extended);
    try {
      if (CheckCommand.runs(settings)) {
        requireGood(status(settings).path("boot"));
        return all + ", all judged";
      }
    } catch (AccessDeniedException notForUs) {
      // The daemon knows; it is said below that this user may not ask it.
    }
    return all + "; `bartizan check` judges them";
  }

  private static void requireGood(JsonNode boot) throws IOException {
    List<String> faults = new ArrayList<>();
    for (JsonNode link : boot.path("links")) {
      if (!link.path("verdict").asText().equals("good")) {
        faults.add(link.path("name").asText() + " is " + link.path("verdict").asText());
      }
    }
    if (faults.isEmpty() && !boot.path("verdict").asText().equals("good")) {
      faults.add("the daemon has not judged it: `bartizan status` says why");
    }
    if (!faults.isEmpty()) {
      throw new IOException(String.join(", ", faults));
    }
  }

  /** Of the files alone: what the repository approves, the daemon holds. */
  private static String approvals(BootBinding binding, Keystores keystores)
      throws IOException, Refusal {
    if (AuthorityKey.of(binding.authority()).isEmpty()) {
      return "none needed: no authority";
    }
    List<PcrApproval> approvals = new ArrayList<>();
    for (Path file : binding.approvals()) {
      approvals.addAll(BootApprovals.ofFile(file));
    }
    boolean present = false;
    try (Tpm tpm = keystores.tpm().open()) {
      for (PcrApproval approval : approvals) {
        present |= approval.isOf(tpm.pcrs().read(approval.pcrs()));
      }
    }
    return approvals.size()
        + " in files, the present boot "
        + (present ? "" : "not ")
        + "among them; the repository's besides";
  }

  private static String clock(Host host) throws IOException {
    Instant now = host.time().clock().instant();
    if (now.isBefore(TOO_EARLY)) {
      throw new IOException("it is " + now + " here, which cannot be");
    }
    return now.toString();
  }

  /** All of what the daemon does there, into memory: that a server answers says little. */
  private static String repository(AgentConfig settings, Host host) throws IOException, Refusal {
    Repository repository =
        new Repository(settings.repository(), new Network(settings)::to, host.time().nanoTime());
    Map<String, Long> versions =
        new PinnedRepository(settings, host.time(), host.time().clock()).look(repository);
    return settings.repository().url()
        + " has fresh metadata: root "
        + versions.get("root")
        + ", timestamp "
        + versions.get("timestamp");
  }

  private static String anchors(AgentConfig settings) throws IOException, Refusal {
    return Certificates.read(settings.fleet().trustAnchors()).size() + " certificates";
  }

  @TouchesTheWorld("a TCP connection to the broker")
  private static String broker(AgentConfig settings) throws IOException {
    if (settings.fleet().broker().isEmpty()) {
      return "none configured";
    }
    URI broker = settings.fleet().broker().get();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(broker.getHost(), broker.getPort()), (int) PATIENCE.toMillis());
      return broker + " accepts connections";
    }
  }

  private void daemon(AgentConfig settings) {
    boolean isThere = CheckCommand.runs(settings);
    examine(
        "daemon",
        isThere ? "" : "start it: systemctl start bartizan",
        () -> status(settings).isEmpty() ? "says nothing" : "runs");
  }

  /** Whether it lives on, as the daemon knows. */
  private void certificate(AgentConfig settings) throws Refusal, IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      JsonNode own =
          CheckCommand.runs(settings)
              ? status(settings).path("credentials")
              : MissingNode.getInstance();
      String error = own.path("last_error").asText();
      String until = "until " + own.path("not_after").asText();
      if (!error.isEmpty()) {
        complain(
            out, "certificate", until + ", not renewed: " + error, CredentialAdvice.about(error));
      } else if (settings.fleet().server().isEmpty()) {
        out.println("note  certificate: nobody renews it: fleet.server is not set");
      } else if (!own.isMissingNode()) {
        out.println(
            "ok    certificate: " + until + ", renewed " + own.path("next_renewal").asText());
      }
    } catch (AccessDeniedException notForUs) {
      out.println("note  certificate: only the daemon's user and root may ask for it");
    }
  }

  /** What the daemon says of itself. */
  private static JsonNode status(AgentConfig settings) throws IOException, Refusal {
    byte[] status = ConfigOption.ask(settings, "status");
    return StrictJson.read(status, status.length, "status").tree();
  }
}
