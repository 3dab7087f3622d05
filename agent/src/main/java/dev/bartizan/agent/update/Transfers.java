// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.attest.FleetAttestation;
import dev.bartizan.agent.attest.KeyServer;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.repository.OfflineSource;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.World;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.Download;
import dev.bartizan.updater.software.AgentVersions;
import java.io.IOException;

/** How bytes of a deployment come to this device: what is fetched, with which keys. */
public final class Transfers {
  private final Trust trust;
  private final Models models;
  private final Host host;
  private final Delivery files;
  private final ReleaseKeys keys;
  private final Plans plans;

  /**
   * @param gate says when
   * @param offline a bundle in the place of the network
   */
  public Transfers(
      AgentConfig config,
      World world,
      Trust trust,
      Models models,
      OfflineSource offline,
      EventPublisher publisher,
      UpdateGate gate)
      throws IOException {
    this.trust = trust;
    this.models = models;
    this.host = world.host();
    AgentConfig.Delivery delivery = config.repository().delivery();
    DataBudget budget = DataBudget.open(world.disk(), delivery.budget(), trust.clock());
    Download download =
        new Download(
            trust.repository().mirrors(),
            delivery.fetch(),
            offline.before(budget),
            trust.clock(),
            host.random(),
            host.time().pause());
    this.plans = new Plans(new PlanFile(world.disk()), publisher::note);
    this.files = new Delivery(download, new DownloadEvents(publisher), budget, gate, offline);
    this.keys =
        new ReleaseKeys(
            trust.keystore().ueid(),
            trust.credentials(),
            trust.repository().smallFiles(),
            models.envelopes(),
            FleetAttestation.forKeys(config, host.installation().version(), trust)
                .map(KeyServer.class::cast));
  }

  public ReleaseKeys keys() {
    return keys;
  }

  public Delivery files() {
    return files;
  }

  /**
   * Files of all kinds of components.
   *
   * @param progress is told while a model is made
   */
  public ComponentRouter components(
      SuiteDocuments suites, AgentVersions versions, Runnable progress) {
    SoftwarePayloads software =
        new SoftwarePayloads(
            trust.documents(),
            files,
            models.store(),
            versions,
            host.installation(),
            host.slot().isPresent());
    return new ComponentRouter(files, models.store(), suites, models(progress), software, plans);
  }

  private ReleasePayloads models(Runnable progress) {
    DeltaUpdate rebuild =
        new DeltaUpdate(
            models.vault()::unlock,
            models.store(),
            models.crypto(),
            host.workers().pool(),
            progress);
    ChunkReassembly pieces =
        new ChunkReassembly(models.vault(), models.store(), models.crypto(), files, progress);
    return new ReleasePayloads(trust.documents(), files, models.store(), keys, rebuild, pieces);
  }
}
