// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.deploy.Updates;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.EventLoop;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.trust.Policy;
import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.update.UpdateEstimate;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.tuf.SignedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Updates and roll-backs that somebody on this machine asks for. */
final class LocalUpdates {
  private static final int MAX_TEXT = 64;
  private static final int MAX_PATH = 4096;
  private static final String SOMEBODY_HERE = "local";

  private final EventLoop loop;
  private final Worker worker;
  private final Updates updates;
  private final Installer installer;
  private final RollbackAnchor anchor;
  private final Policy policy;
  private final InstantSource clock;

  LocalUpdates(Trust trust, Deploy deploy, DaemonThreads threads) {
    this.loop = threads.loop();
    this.worker = threads.worker();
    this.updates = deploy.updates();
    this.installer = deploy.installer();
    this.anchor = deploy.anchor();
    this.policy = trust.policy();
    this.clock = trust.clock();
  }

  byte[] update(JsonFields wish) throws IOException, Refusal, InterruptedException {
    Optional<String> version = wish.findText("version", MAX_TEXT);
    Optional<String> bundle = wish.findText("offline", MAX_PATH);
    boolean checkOnly = wish.has("check") && wish.flag("check");
    updates.looksUp();
    try {
      BackgroundTask<Updates.Offer> looking =
          worker.submit(
              Part.LOCAL,
              "release for a local command",
              () -> {
                if (bundle.isPresent()) {
                  updates.insert(Path.of(bundle.get()));
                }
                return updates.look(component(wish), version);
              });
      return update(looking.get(), checkOnly);
    } finally {
      updates.lookedUp();
      loop.wake();
    }
  }

  private byte[] update(Updates.Offer offer, boolean checkOnly)
      throws IOException, Refusal, InterruptedException {
    ObjectNode answer = describe(offer);
    if (!checkOnly) {
      anchor.requireTrustworthy();
      requireAutonomy();
      String id = "local-" + offer.component() + "-" + clock.instant().toEpochMilli();
      loop.call(
          "a local update",
          () -> installer.request(Updates.order(id, offer, Initiator.local(SOMEBODY_HERE))));
      answer.put("deployment", id);
    }
    return StrictJson.write(answer);
  }

  /** The one that is meant: by name, or because policy has no other. */
  private ComponentName component(JsonFields wish) throws Malformed {
    Optional<String> named = wish.findText("model", MAX_TEXT);
    Set<String> all = policy.current().map(DevicePolicy::models).orElse(Set.of());
    if (named.isEmpty() && all.size() != 1) {
      throw new Malformed("update.model: say which: " + String.join(", ", new TreeSet<>(all)));
    }
    return ComponentName.of(named.orElseGet(() -> all.iterator().next()));
  }

  private static ObjectNode describe(Updates.Offer offer) {
    UpdateEstimate estimate = offer.estimate();
    ObjectNode answer =
        StrictJson.object()
            .put("model", offer.component().text())
            .put("version", offer.release().version())
            .put("release", offer.release().manifest().hex())
            .put("strategy", estimate.strategy())
            .put("bytes", estimate.bytes())
            .put("space", estimate.space());
    estimate.steps().forEach(answer.putArray("steps")::add);
    if (offer.signed().isPresent()) {
      SignedBy signedBy = offer.signed().get();
      ObjectNode signed = answer.putObject("signed");
      signed.put("role", signedBy.role().value()).put("version", signedBy.version());
      signedBy.keys().forEach(signed.putArray("keys")::add);
    }
    return answer;
  }

  private void requireAutonomy() throws CommandNeeded {
    if (!policy.current().map(DevicePolicy::updatesAlone).orElse(false)) {
      throw new CommandNeeded();
    }
  }

  byte[] rollback(String model) throws IOException, Refusal, InterruptedException {
    return loop.call(
        "a local roll-back",
        () -> {
          anchor.requireTrustworthy();
          String id = "local-rollback-" + model + "-" + clock.instant().toEpochMilli();
          installer.rollBack(id, ComponentName.of(model), Initiator.local(SOMEBODY_HERE));
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
