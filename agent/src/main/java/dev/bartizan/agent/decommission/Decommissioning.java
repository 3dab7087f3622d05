// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.command.DecommissionOrder.Stage;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.protocol.command.CommandRefusal;
import dev.bartizan.protocol.command.Farewell;
import dev.bartizan.protocol.jws.KeystoreSigner;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.Disk;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Obeys a decommission order to its end, from wherever it stopped: erases what the device held,
 * ends its unwrap key, says so, and then destroys what it said it by.
 */
public final class Decommissioning {
  private static final Logger LOG = LoggerFactory.getLogger(Decommissioning.class);

  private final Disk disk;
  private final InstantSource clock;
  private final Leaver.Opening opening;
  private final LastMessage lastMessage;

  Decommissioning(Disk disk, InstantSource clock, Leaver.Opening opening, LastMessage lastMessage) {
    this.disk = disk;
    this.clock = clock;
    this.opening = opening;
    this.lastMessage = lastMessage;
  }

  /** Of the device that {@code config} describes; its daemon has ended. */
  public static Decommissioning of(AgentConfig config, World world) {
    return new Decommissioning(
        world.disk(),
        world.host().time().clock(),
        () -> Leaver.of(config, world),
        new LinkedMessage(config.fleet(), world));
  }

  /**
   * Goes on with {@code order}.
   *
   * @return whether the device is decommissioned now; otherwise nobody had ordered it, and it goes
   *     on as ever
   * @throws IOException when disk or keystore do not play along now; to be done again
   */
  public boolean obey(DecommissionOrder order) throws IOException, Refusal, InterruptedException {
    if (order.stage() == Stage.ORDERED) {
      Leaver leaver = opening.open();
      try {
        leaver.require(order);
      } catch (CommandRefusal nobodys) {
        LOG.error("{}: not obeyed: {}", DecommissionOrder.FILE, Explanation.of(nobodys));
        DecommissionOrder.withdraw(disk);
        return false;
      }
      leave(leaver, order);
      order.at(Stage.ERASING).store(disk);
    }
    if (order.stage() != Stage.ERASED) {
      destroyKeys(order);
      new Erasure(disk).everything();
      order.at(Stage.ERASED).store(disk);
    }
    return true;
  }

  private void leave(Leaver leaver, DecommissionOrder order)
      throws IOException, Refusal, InterruptedException {
    new Erasure(disk).content();
    Set<String> dead = new TreeSet<>(Set.of(Farewell.CONTENT));
    for (KeyPurpose key : leaver.keystore().retire()) {
      dead.add(key.text());
    }
    Farewell farewell =
        new Farewell(
            SpiffeId.of(leaver.credentials().identityChain().get(0)).toUri().toString(),
            order.id(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            dead);
    Outbox outbox = Outbox.open(disk);
    Reply reply =
        Reply.done(
            order.id(),
            StrictJson.object()
                .put("farewell", farewell.sign(new KeystoreSigner(leaver.keystore()))));
    outbox.put(new Message(Message.Channel.RESPONSE, reply.toJson()));
    lastMessage.send(leaver, outbox);
  }

  /** As far as there are any: the power may have gone when they had. */
  private void destroyKeys(DecommissionOrder order) throws IOException {
    try {
      Leaver leaver = opening.open();
      leaver.require(order);
      leaver.keystore().destroy();
    } catch (Refusal gone) {
      LOG.info("no keys left to destroy: {}", Explanation.of(gone));
    }
  }
}
