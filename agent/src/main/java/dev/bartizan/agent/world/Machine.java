// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Keystores;
import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Link;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.agent.report.LogPlace;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.engine.onnx.OnnxRuntime;
import dev.bartizan.updater.fetch.Transport;
import java.io.IOException;
import java.net.URI;

/** The machine that a configuration describes. It holds the state directory until it is closed. */
public final class Machine implements World, AutoCloseable {
  private final AgentConfig config;
  private final Host host;
  private final LinuxDisk disk;

  /**
   * @throws IOException when somebody else holds the state directory
   */
  public Machine(AgentConfig config, Host host) throws IOException {
    this.config = config;
    this.host = host;
    this.disk = LinuxDisk.acquire(config.device().stateDirectory());
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public Transport transport(URI server) {
    return new Network(config).to(server);
  }

  @Override
  public Link link(
      BrokerAddress broker,
      Outbox outbox,
      BrokerLink.CommandSink commands,
      BrokerLink.Listener listener,
      Health health)
      throws IOException {
    return new BrokerLink(
        broker, outbox, commands, listener, host.random(), BrokerLink.Pace.USUAL, health);
  }

  @Override
  public DeviceKeystore keystore(PcrApprovals approvals) throws IOException, Refusal {
    return keystores().open(disk, approvals);
  }

  @Override
  public DeviceKeystore nextKeystore(PcrApprovals approvals) throws IOException, Refusal {
    return keystores().renew(disk, EndorsementChoice.OF_THE_CHIP, approvals);
  }

  private Keystores keystores() {
    return new Keystores(config, host.random(), host.time().pause());
  }

  @Override
  public LogPlace measurementLog() {
    return LogFile.beside(config.serve().controlSocket());
  }

  @Override
  public Engine runtime(int threads) throws IOException, Refusal {
    return OnnxRuntime.open(threads);
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
