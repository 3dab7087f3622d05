// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.report.VerdictJson;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.ServingStatistics;
import dev.bartizan.agent.system.LockedMemory;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.trust.Foundation;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.world.Natives;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * From ciphertext on disk to models that answer: store, vault, loader, and the service that the
 * device's applications talk to. Its parts are wired here and nowhere else.
 */
public final class Models implements AutoCloseable {
  private static final Duration BRIEF = Duration.ofMinutes(5);

  private final BulkCrypto crypto;
  private final Safeguards safeguards;
  private final ObjectStore store;
  private final Envelopes envelopes;
  private final ModelVault vault;
  private final ModelLoader loader;
  private final ModelService service;
  private final ActiveAlarms alarms;
  private final ServiceManager manager;
  private String told = "";

  public Models(World world, Natives natives, Trust trust, Events events, DaemonThreads threads)
      throws IOException {
    this.crypto = natives.crypto();
    this.safeguards = natives.safeguards();
    this.store = new ObjectStore(world.disk(), crypto::sha256);
    this.envelopes = new Envelopes(world.disk());
    this.vault = vault(world, crypto, natives.memory(), trust.foundation(), store, envelopes);
    this.loader =
        new ModelLoader(
            threads.health().of(Part.MODELS),
            vault,
            store,
            trust.measurements(),
            safeguards::requireForModels,
            natives::runtime);
    this.service = new ModelService(trust.policy()::models, world.host().time().nanoTime());
    this.alarms = events.alarms();
    this.manager = world.host().manager();
  }

  /** Opens installed releases with this device's keys, where no daemon does. */
  public static ModelVault vault(
      World world, BulkCrypto crypto, LockedMemory memory, Foundation foundation) {
    return vault(
        world,
        crypto,
        memory,
        foundation,
        new ObjectStore(world.disk(), crypto::sha256),
        new Envelopes(world.disk()));
  }

  private static ModelVault vault(
      World world,
      BulkCrypto crypto,
      LockedMemory memory,
      Foundation foundation,
      ObjectStore store,
      Envelopes envelopes) {
    return new ModelVault(
        foundation.documents(),
        store,
        new ContentKeys(envelopes, foundation.keystore(), foundation.credentials(), memory),
        crypto,
        memory,
        world.host().workers());
  }

  public BulkCrypto crypto() {
    return crypto;
  }

  public Safeguards safeguards() {
    return safeguards;
  }

  public ObjectStore store() {
    return store;
  }

  public Envelopes envelopes() {
    return envelopes;
  }

  public ModelVault vault() {
    return vault;
  }

  public ModelLoader loader() {
    return loader;
  }

  public ModelService service() {
    return service;
  }

  /** How the model of that name does, if it serves. */
  public Optional<ServingStatistics> statistics(String model) {
    return service.observe().stream().filter(it -> it.model().equals(model)).findFirst();
  }

  /** What the service manager shows of the daemon: what serves, and what is wrong. */
  public String summary() {
    String models =
        service.observe().stream()
            .map(it -> it.model() + " " + it.version())
            .collect(Collectors.joining(", "));
    String line = models.isEmpty() ? "serving no model" : "serving " + models;
    return alarms.all().isEmpty() ? line : line + "; " + String.join("; ", alarms.all().values());
  }

  /** Tells the service manager what serves, whenever that is something else. */
  public void schedule(Schedule schedule) {
    schedule.add(Part.MODELS, "what serves", BRIEF, this::tell);
  }

  private Duration tell() {
    String now = summary();
    if (!now.equals(told)) {
      manager.status(now);
      told = now;
    }
    return Subsystem.IDLE;
  }

  /** Its part of {@code status}. */
  public void describe(ObjectNode status) {
    status.put("bulk_crypto", crypto.name());
    ArrayNode found = VerdictJson.safeguards(safeguards.examine());
    status.set("safeguards", found);
  }

  @Override
  public void close() {
    service.close();
  }
}
