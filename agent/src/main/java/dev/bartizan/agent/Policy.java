package dev.bartizan.agent;

import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.report.Problems;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.statement.AgentEvent;
import dev.bartizan.crypto.statement.CommandKeys;
import dev.bartizan.updater.release.DevicePolicy;
import dev.bartizan.updater.release.SoftwareManifest;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** The policy in force: the one that trusted metadata names now, and that this device holds. */
final class Policy {
  private final TrustedDocuments documents;
  private final String softwareTarget;
  private final ModelService service;
  private final Problems problems;
  private final Consumer<Optional<Digest>> known;
  private volatile Optional<DevicePolicy> current = Optional.empty();

  /**
   * @param known hears which policy is in force
   */
  Policy(
      TrustedDocuments documents,
      BootCheck bootCheck,
      ModelService service,
      Problems problems,
      Consumer<Optional<Digest>> known) {
    this.documents = documents;
    this.softwareTarget = bootCheck.softwareTarget();
    this.service = service;
    this.problems = problems;
    this.known = known;
  }

  /** Reads the policy again. Without one nobody may command, and nothing unknown is accepted. */
  void renew() throws IOException {
    try {
      Optional<byte[]> document = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
      current =
          document.isEmpty() ? Optional.empty() : Optional.of(DevicePolicy.parse(document.get()));
      known.accept(document.map(Digest::of));
      problems.mended("policy");
    } catch (Refusal unusable) {
      current = Optional.empty();
      known.accept(Optional.empty());
      problems.note("policy", unusable);
    }
    current.ifPresent(policy -> service.expect(policy.models()));
  }

  Optional<DevicePolicy> current() {
    return current;
  }

  /** Who may command what; nobody when there is no policy. */
  Optional<CommandKeys> commandKeys() {
    return current.map(DevicePolicy::commandKeys);
  }

  /** Whether models may be opened on a device whose boot chain was judged so. */
  boolean allowsServing(Verdict boot) {
    return switch (boot) {
      case GOOD -> true;
      case UNKNOWN -> current.map(DevicePolicy::serveUnknownBoot).orElse(false);
      case BAD -> false;
    };
  }

  /** Measures what this agent lives by: its own manifest, and the policy. */
  void measure(Measurements measurements) throws Refusal, IOException {
    Optional<byte[]> software = documents.find(softwareTarget, SoftwareManifest.MAX_LENGTH);
    if (software.isPresent()) {
      measurements.measure(
          new AgentEvent(AgentEvent.Kind.SOFTWARE, Digest.of(software.get()), softwareTarget));
    }
    Optional<byte[]> policy = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
    if (policy.isPresent()) {
      measurements.measure(
          new AgentEvent(AgentEvent.Kind.POLICY, Digest.of(policy.get()), DevicePolicy.TARGET));
    }
  }
}
