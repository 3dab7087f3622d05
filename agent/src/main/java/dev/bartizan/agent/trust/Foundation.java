// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the daemon and {@code bartizan check} both stand on: the documents below the pinned root,
 * the keystore, and the certificates for its keys.
 */
public final class Foundation {
  private final AgentConfig config;
  private final World world;
  private final TrustedDocuments documents;
  private final DeviceKeystore keystore;
  private final CredentialStore credentials;

  /**
   * @param clock by which metadata expires
   */
  public Foundation(AgentConfig config, World world, Repository repository, InstantSource clock)
      throws IOException, Refusal {
    this.config = config;
    this.world = world;
    this.documents =
        new PinnedRepository(config, world.host().time(), clock)
            .documents(world.disk(), repository);
    this.keystore = world.keystore(BootApprovals.of(config, Optional.of(documents)));
    this.credentials = CredentialStore.open(world.disk(), keystore);
  }

  public TrustedDocuments documents() {
    return documents;
  }

  public DeviceKeystore keystore() {
    return keystore;
  }

  /** The same device with keys of the next epoch, to be certified; those in use stay in use. */
  public DeviceKeystore nextKeystore() throws IOException, Refusal {
    return world.nextKeystore(BootApprovals.of(config, Optional.of(documents)));
  }

  public CredentialStore credentials() {
    return credentials;
  }

  /** Looks at how this device has booted. */
  public BootCheck bootCheck(BulkCrypto crypto) {
    BootEvidence evidence =
        new BootEvidence(
            keystore,
            config.keystore().bootPcrs(),
            config.device().bootLogs(),
            world.measurementLog()::look);
    OwnFiles files =
        new OwnFiles(world.host().installation(), crypto::sha256, world.host().workers().pool());
    return new BootCheck(
        keystore.protection().kind(), evidence, files, documents, config.device().profile());
  }
}
