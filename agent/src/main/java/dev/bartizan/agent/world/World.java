// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Link;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.LogPlace;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.fetch.Transport;
import java.io.IOException;
import java.net.URI;

/** What an agent works with, and a test hands in. */
public interface World {
  Host host();

  /** The state directory. */
  Disk disk();

  /** A server of the repository. */
  Transport transport(URI server);

  /**
   * A way to the fleet's broker, still to be started.
   *
   * @param outbox what is to be sent
   * @param commands is given whatever comes
   * @param listener hears how the link fares
   * @param health of the part whose link it is
   * @throws IOException for an address that never can work
   */
  Link link(
      BrokerAddress broker,
      Outbox outbox,
      BrokerLink.CommandSink commands,
      BrokerLink.Listener listener,
      Health health)
      throws IOException;

  /**
   * Opens the keys made at enrolment.
   *
   * @param approvals boot states that were approved by signature
   */
  DeviceKeystore keystore(PcrApprovals approvals) throws IOException, Refusal;

  /**
   * Makes the keys that are to follow those of now, or finds them where that was done before.
   *
   * @throws Refusal NOT_SUPPORTED by a keystore without epochs
   */
  DeviceKeystore nextKeystore(PcrApprovals approvals) throws IOException, Refusal;

  /** Where the log of what was measured is until the next boot. */
  LogPlace measurementLog();

  /** What runs models; loads a native library. */
  Engine runtime(int threads) throws IOException, Refusal;
}
