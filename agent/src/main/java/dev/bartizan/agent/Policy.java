// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The policy in force: the one that trusted metadata names now, and that this device holds. */
final class Policy {
  private final TrustedDocuments documents;
  private final ModelService service;
  private final ActiveAlarms problems;
  private Consumer<Optional<Digest>> known = policy -> {};
  private volatile Optional<DevicePolicy> current = Optional.empty();
  private volatile boolean missing;
  private Optional<Digest> measured = Optional.empty();

  Policy(TrustedDocuments documents, ModelService service, ActiveAlarms problems) {
    this.documents = documents;
    this.service = service;
    this.problems = problems;
  }

  /** Tells {@code listener} from now on which policy is in force; before it is first renewed. */
  void tell(Consumer<Optional<Digest>> listener) {
    known = listener;
  }

  /** When updates are carried out; without a policy nobody has set limits to that. */
  UpdateTimes times() {
    return current.map(DevicePolicy::times).orElse(UpdateTimes.ANY);
  }

  /**
   * Reads the policy again. Without one nobody may command, and nothing unknown is accepted; where
   * one is signed and not at hand, nothing new is begun at all.
   */
  void renew() throws IOException {
    missing = true;
    try {
      if (!documents.missing(List.of(DevicePolicy.TARGET)).isEmpty()) {
        throw new MissingPolicy();
      }
      Optional<byte[]> document = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
      current =
          document.isEmpty() ? Optional.empty() : Optional.of(DevicePolicy.parse(document.get()));
      known.accept(document.map(Digest::of));
      missing = false;
      problems.mended("policy");
    } catch (Refusal unusable) {
      current = Optional.empty();
      known.accept(Optional.empty());
      problems.note("policy", unusable);
    }
    current.ifPresent(policy -> service.expect(policy.models()));
  }

  /**
   * Whether a policy is signed that this device does not hold, or cannot read: what it forbids is
   * not known, and so nothing is allowed.
   */
  boolean isMissing() {
    return missing;
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
    if (missing) {
      return false;
    }
    return switch (boot) {
      case GOOD -> true;
      case UNKNOWN -> current.map(DevicePolicy::serveUnknownBoot).orElse(false);
      case BAD -> false;
    };
  }

  /** The policy that was signed is not on this device. */
  private static final class MissingPolicy extends Refusal {
    private static final long serialVersionUID = 1L;

    MissingPolicy() {
      super(DevicePolicy.TARGET + " is signed, and missing on this device");
    }

    @Override
    public String code() {
      return "DOCUMENT_MISSING";
    }
  }

  /** Measures what this agent lives by, unless it has been since the start. */
  void measure(Measurements measurements) throws Refusal, IOException {
    Optional<Digest> now =
        documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH).map(Digest::of);
    if (now.isPresent() && !now.equals(measured)) {
      measurements.measure(new AgentEvent(AgentEvent.Kind.POLICY, now.get(), DevicePolicy.TARGET));
      measured = now;
    }
  }
}
