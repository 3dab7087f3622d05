// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.system.LockedMemory;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.protocol.evidence.MachineSettings;
import dev.bartizan.updater.engine.Engine;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * What takes a while to load, and is loaded while the keystore is opened: bulk cipher, locked
 * memory, model runtime.
 */
public final class Natives {
  private final LockedMemory memory;
  private final Safeguards safeguards;
  private final Future<Boolean> memoryReady;
  private final Future<BulkCrypto> crypto;
  private final Future<Engine> runtime;

  /** Begins with all of them. */
  public Natives(AgentConfig config, World world) {
    ExecutorService pool = world.host().workers().pool();
    this.memory = new LockedMemory(config.memory().secrets());
    this.safeguards = new Safeguards(memory, config.memory().refusesSwap());
    this.memoryReady =
        pool.submit(
            () -> {
              memory.prepare();
              return true;
            });
    this.crypto = pool.submit(BulkCrypto::fastest);
    this.runtime = pool.submit(() -> world.runtime(config.serve().threads()));
  }

  /** Where bulk ciphers and hashes come from. */
  public BulkCrypto crypto() throws IOException {
    return Awaited.result(crypto);
  }

  /** Where keys and weights lie on this device. */
  public LockedMemory memory() throws IOException {
    Awaited.result(memoryReady);
    return memory;
  }

  /** What keeps them from others. */
  public Safeguards safeguards() {
    return safeguards;
  }

  /** The machine as it is set now, with secrets where they will lie. */
  public MachineSettings settings() throws IOException {
    Awaited.result(memoryReady);
    return safeguards.settings();
  }

  /** What runs models. */
  public Engine runtime() throws IOException, Refusal {
    return Awaited.accepted(runtime);
  }
}
