// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.anchor.RollbackAnchor;
import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.control.ControlRoute;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.update.UpdateEstimate;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.History;
import dev.bartizan.updater.install.HistoryHead;
import dev.bartizan.updater.install.HistoryRefusal;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.tuf.SignedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The running daemon, as local commands see it. What is known is answered at once; what decides
 * runs in the agent's turn; what servers are asked for, the worker waits for.
 */
final class DaemonControl implements ControlRoute.Daemon {
  private static final int MAX_TEXT = 64;
  private static final int MAX_PATH = 4096;
  private static final String SOMEBODY_HERE = "local";

  /** How often a history is looked at that changes all the time. */
  private static final int LOOKS = 10;

  private final EventLoop turns;
  private final Worker worker;
  private final DeviceStatus facts;
  private final BootCheck bootCheck;
  private final RollbackAnchor state;
  private final IntegrityCheck inspection;
  private final Safeguards safeguards;
  private final Surroundings surroundings;
  private final Attester evidence;
  private final Updates updates;
  private final Policy policy;
  private final Installer installer;
  private final Disk disk;
  private final InstantSource clock;

  DaemonControl(
      EventLoop turns,
      Worker worker,
      DeviceStatus facts,
      BootCheck bootCheck,
      RollbackAnchor state,
      IntegrityCheck inspection,
      Safeguards safeguards,
      Surroundings surroundings,
      Attester evidence,
      Updates updates,
      Policy policy,
      Installer installer,
      Disk disk,
      InstantSource clock) {
    this.turns = turns;
    this.worker = worker;
    this.facts = facts;
    this.bootCheck = bootCheck;
    this.state = state;
    this.inspection = inspection;
    this.safeguards = safeguards;
    this.surroundings = surroundings;
    this.evidence = evidence;
    this.updates = updates;
    this.policy = policy;
    this.installer = installer;
    this.disk = disk;
    this.clock = clock;
  }

  @Override
  public byte[] status() throws Refusal {
    return StrictJson.write(facts.status());
  }

  @Override
  public byte[] check() throws IOException, Refusal, InterruptedException {
    ChainVerdict boot = bootCheck.examine();
    // In the agent's turn, in which nothing else writes what is looked at.
    ChainVerdict rest =
        turns.call(
            () ->
                new ChainVerdict(List.of(state.examine()))
                    .then(inspection.examine(boot.overall())));
    ObjectNode chain = DeviceStatus.chain(boot.then(rest));
    chain.set("safeguards", DeviceStatus.safeguards(safeguards.examine()));
    return StrictJson.write(chain);
  }

  @Override
  public byte[] surroundings() {
    return surroundings.toJson();
  }

  /** From the file, at once: a step that is written meanwhile makes it worth another look. */
  @Override
  public byte[] history() throws IOException, Refusal {
    for (int look = 1; ; look++) {
      HistoryHead head = installer.head();
      try {
        History.verify(disk, head);
        return LocalHistory.read(disk);
      } catch (HistoryRefusal changed) {
        if (look == LOOKS || (installer.head().equals(head) && look > 1)) {
          throw changed;
        }
      }
    }
  }

  @Override
  public byte[] attest(String nonce) throws IOException, Refusal {
    return evidence.report(CommandHandlers.nonce(nonce));
  }

  @Override
  public byte[] update(JsonFields wish) throws IOException, Refusal, InterruptedException {
    Optional<String> version = wish.findText("version", MAX_TEXT);
    Optional<String> bundle = wish.findText("offline", MAX_PATH);
    boolean checkOnly = wish.has("check") && wish.flag("check");
    updates.looksUp();
    try {
      BackgroundTask<Updates.Offer> looking =
          worker.submit(
              "release for a local command",
              () -> {
                if (bundle.isPresent()) {
                  updates.insert(Path.of(bundle.get()));
                }
                return updates.look(model(wish), version);
              });
      return update(looking.get(), checkOnly);
    } finally {
      updates.lookedUp();
      turns.wake();
    }
  }

  private byte[] update(Updates.Offer offer, boolean checkOnly)
      throws IOException, Refusal, InterruptedException {
    ObjectNode answer = describe(offer);
    if (!checkOnly) {
      state.requireTrustworthy();
      requireAutonomy();
      String id = "local-" + offer.component() + "-" + clock.instant().toEpochMilli();
      turns.call(() -> installer.request(Updates.order(id, offer, Initiator.local(SOMEBODY_HERE))));
      answer.put("deployment", id);
    }
    return StrictJson.write(answer);
  }

  /** The one that is meant: by name, or because policy has no other. */
  private String model(JsonFields wish) throws Malformed {
    Optional<String> named = wish.findText("model", MAX_TEXT);
    Set<String> all = policy.current().map(DevicePolicy::models).orElse(Set.of());
    if (named.isEmpty() && all.size() != 1) {
      throw new Malformed("update.model: say which: " + String.join(", ", new TreeSet<>(all)));
    }
    return named.orElseGet(() -> all.iterator().next());
  }

  private static ObjectNode describe(Updates.Offer offer) {
    UpdateEstimate cost = offer.cost();
    ObjectNode answer =
        StrictJson.object()
            .put("model", offer.component())
            .put("version", offer.release().version())
            .put("release", offer.release().manifest().hex())
            .put("way", cost.way())
            .put("bytes", cost.bytes())
            .put("space", cost.space());
    cost.steps().forEach(answer.putArray("steps")::add);
    if (offer.signed().isPresent()) {
      SignedBy voucher = offer.signed().get();
      ObjectNode signed = answer.putObject("signed");
      signed.put("role", voucher.role().value()).put("version", voucher.version());
      voucher.keys().forEach(signed.putArray("keys")::add);
    }
    return answer;
  }

  private void requireAutonomy() throws CommandNeeded {
    if (!policy.current().map(DevicePolicy::updatesAlone).orElse(false)) {
      throw new CommandNeeded();
    }
  }

  @Override
  public byte[] rollback(String model) throws IOException, Refusal, InterruptedException {
    return turns.call(
        () -> {
          state.requireTrustworthy();
          String id = "local-rollback-" + model + "-" + clock.instant().toEpochMilli();
          installer.rollBack(id, model, Initiator.local(SOMEBODY_HERE));
          return StrictJson.write(StrictJson.object().put("deployment", id));
        });
  }

  /** Policy leaves updates to signed commands. */
  static final class CommandNeeded extends Refusal {
    private static final long serialVersionUID = 1L;

    CommandNeeded() {
      super("the policy leaves updates to signed commands: use bartizan-fleet command update");
    }

    @Override
    public String code() {
      return "COMMAND_NEEDED";
    }
  }
}
