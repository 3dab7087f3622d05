// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The policy in force: the one that trusted metadata names now, and that this device holds. */
public final class Policy {
  private final TrustedDocuments documents;
  private final ActiveAlarms alarms;
  private volatile Optional<DevicePolicy> current = Optional.empty();
  private volatile Optional<Digest> digest = Optional.empty();
  private volatile Set<String> models = Set.of();
  private volatile SilenceRule silence = SilenceRule.DEFAULT;
  private volatile boolean missing;
  private Optional<Digest> measured = Optional.empty();

  public Policy(TrustedDocuments documents, ActiveAlarms alarms) {
    this.documents = documents;
    this.alarms = alarms;
  }

  /** When updates are carried out; without a policy nobody has set limits to that. */
  public UpdateTimes times() {
    return current.map(DevicePolicy::times).orElse(UpdateTimes.ANY);
  }

  /**
   * Reads the policy again. Without one nobody may command, and nothing unknown is accepted; where
   * one is signed and not at hand, nothing new is begun at all.
   */
  public void renew() throws IOException {
    missing = true;
    try {
      if (!documents.missing(List.of(DevicePolicy.TARGET)).isEmpty()) {
        throw new MissingPolicy();
      }
      Optional<byte[]> document = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
      current =
          document.isEmpty() ? Optional.empty() : Optional.of(DevicePolicy.parse(document.get()));
      digest = document.map(Digest::of);
      missing = false;
      alarms.clear("policy");
    } catch (Refusal unusable) {
      current = Optional.empty();
      digest = Optional.empty();
      alarms.raise("policy", unusable);
    }
    current.ifPresent(
        policy -> {
          models = policy.models();
          silence = policy.silence();
        });
  }

  /**
   * Whether a policy is signed that this device does not hold, or cannot read: what it forbids is
   * not known, and so nothing is allowed.
   */
  public boolean isMissing() {
    return missing;
  }

  /** Which one it is. */
  public Optional<Digest> digest() {
    return digest;
  }

  /** The models this device is meant to serve, by the last policy that could be read. */
  public Set<String> models() {
    return models;
  }

  /** What follows when the verifier is silent, by the last policy that could be read. */
  public SilenceRule silence() {
    return silence;
  }

  public Optional<DevicePolicy> current() {
    return current;
  }

  /** Who may command what; nobody when there is no policy. */
  public Optional<CommandKeys> commandKeys() {
    return current.map(DevicePolicy::commandKeys);
  }

  /** Whether models may be opened on a device whose boot chain was judged so. */
  public boolean allowsServing(Verdict boot) {
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
  public void measure(Measurements measurements) throws Refusal, IOException {
    Optional<Digest> now =
        documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH).map(Digest::of);
    if (now.isPresent() && !now.equals(measured)) {
      measurements.measure(new AgentEvent(AgentEvent.Kind.POLICY, now.get(), DevicePolicy.TARGET));
      measured = now;
    }
  }
}
