// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.trust.Foundation;
import dev.bartizan.agent.trust.Policy;
import dev.bartizan.agent.trust.TrustedClock;
import dev.bartizan.agent.world.Time;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandRefusal;
import dev.bartizan.protocol.command.CommandVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * The device that leaves, as far as it is there still: its keys, its name, and who may send it
 * away.
 */
record Leaver(DeviceKeystore keystore, CredentialStore credentials, CommandKeys authority) {
  /** Opens it, as a power cut may have left it. */
  @FunctionalInterface
  interface Opening {
    /**
     * @throws Refusal when its keys or certificates are not there any more
     */
    Leaver open() throws IOException, Refusal;
  }

  static Leaver of(AgentConfig config, World world) throws IOException, Refusal {
    Time time = world.host().time();
    TrustedClock clock = TrustedClock.open(time.clock(), time.nanoTime(), world.disk());
    Repository repository = new Repository(config.repository(), world::transport, time.nanoTime());
    Foundation foundation = new Foundation(config, world, repository, clock);
    foundation.documents().load();
    Policy policy = new Policy(foundation.documents(), new ActiveAlarms());
    policy.renew();
    return new Leaver(
        foundation.keystore(),
        foundation.credentials(),
        policy.commandKeys().orElseGet(() -> new CommandKeys(List.of())));
  }

  /**
   * Insists that {@code order} was given to this device by somebody who may, at its time.
   *
   * @throws CommandRefusal otherwise
   */
  void require(DecommissionOrder order) throws CommandRefusal {
    Command command =
        new CommandVerifier(keystore.ueid(), Set.of())
            .accept(
                order.compact().getBytes(StandardCharsets.ISO_8859_1),
                authority,
                order.acceptedAt())
            .command();
    if (!command.name().equals(Command.DECOMMISSION)) {
      throw CommandRefusal.notAuthorised("command " + command.name() + " sends nobody away");
    }
  }
}
