// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.agent.schedule.Health;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.fetch.DoublingPause;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.jspecify.annotations.Nullable;

/**
 * The way to the broker: a new connection whenever one breaks; one thread that sends.
 *
 * <p>Reconnecting is done here and not by the library, which neither adds jitter nor says why it
 * failed: a whole fleet that lost its broker must not come back in the same second.
 */
@TouchesTheWorld("the network: one MQTT connection, and the thread that serves it")
public final class BrokerLink implements Link {
  /** Takes commands. Returns once the command is kept, or is one that will never be. */
  @FunctionalInterface
  public interface CommandSink {
    /**
     * @throws IOException when it could not be kept now: the broker will send it again
     */
    void accept(byte[] command) throws IOException;
  }

  /** Hears how the link fares. */
  @FunctionalInterface
  public interface Listener {
    void changed(String state);
  }

  /** Far beyond the patience with a peer. */
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  /** The state of a link that works. */
  public static final String CONNECTED = "connected";

  /** How long an attempt may take, and how long to rest between two. */
  public record Pace(Duration patience, Duration firstPause, Duration longestPause) {
    public static final Pace USUAL =
        new Pace(Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofMinutes(2));
  }

  private final BrokerAddress address;
  private final Topics topics;
  private final Outbox outbox;
  private final CommandSink commands;
  private final RandomGenerator random;
  private final Pace pace;
  private final Health health;
  private final LinkState state;
  private final Thread sender = new Thread(this::run, "broker");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private volatile boolean closed;

  /** Whether the connection of now is to be replaced when it has nothing under way. */
  private volatile boolean renewing;

  /** The attempt or connection of now, for {@link #close} to end. */
  private @Nullable BrokerConnection current;

  /**
   * @param commands is given whatever comes
   * @param health of the part whose link it is: the library may hang beyond all patience
   */
  public BrokerLink(
      BrokerAddress address,
      Outbox outbox,
      CommandSink commands,
      Listener listener,
      RandomGenerator random,
      Pace pace,
      Health health)
      throws IOException {
    this.address = address;
    this.topics = address.topics();
    this.outbox = outbox;
    this.commands = commands;
    this.state = new LinkState(listener);
    this.random = random;
    this.pace = pace;
    this.health = health;
    // An address that never can work is told now, not by a thread that tries for ever.
    new BrokerConnection(address, pace.patience()).close();
  }

  @Override
  public void start() {
    sender.setDaemon(true);
    sender.start();
  }

  @Override
  public void renew() {
    renewing = true;
    outbox.wake();
    wake();
  }

  @Override
  public String state() {
    return state.text();
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      failures = stayConnected() ? 1 : failures + 1;
      pause(failures);
    }
  }

  /**
   * Makes one connection and uses it up: none is ever tried a second time. Returns, when it is
   * over, whether it was worth having.
   */
  private boolean stayConnected() {
    boolean connected = false;
    Receiver receiver = new Receiver();
    try (BrokerConnection connection = begin(receiver)) {
      try (Health.Activity connecting = health.begin("a connection", DEADLINE)) {
        connection.open(topics, receiver);
        connecting.progress();
      }
      connected = true;
      receiver.connected();
      sendWhileUsable(connection, receiver);
    } catch (MqttException | IOException broken) {
      receiver.usable = false;
      state.broken(describe(broken));
    } catch (InterruptedException stopped) {
      closed = true;
    }
    return connected && !receiver.refusing;
  }

  private synchronized BrokerConnection begin(Receiver receiver) throws IOException {
    if (closed) {
      throw new IOException("the link was closed");
    }
    renewing = false;
    BrokerConnection connection = new BrokerConnection(address, pace.patience());
    receiver.connection = connection;
    current = connection;
    return connection;
  }

  private void sendWhileUsable(BrokerConnection connection, Receiver receiver)
      throws MqttException, IOException, InterruptedException {
    while (!closed) {
      Optional<Outbox.Waiting> waiting =
          outbox.awaitOldest(() -> receiver.usable && !closed && !renewing);
      if (waiting.isEmpty()) {
        receiver.usable = false;
        return;
      }
      Message message = waiting.get().message();
      try (Health.Activity sending = health.begin("a message", DEADLINE)) {
        connection.publish(topics.of(message.channel()), message.payload().toArray());
        sending.progress();
      }
      outbox.remove(waiting.get());
    }
  }

  /** Waits between attempts. */
  private void pause(int failures) {
    DoublingPause pauses = new DoublingPause(pace.firstPause(), pace.longestPause());
    lock.lock();
    try {
      long nanos = pauses.after(failures, random).toNanos();
      while (nanos > 0 && !closed && !renewing) {
        nanos = woken.awaitNanos(nanos);
      }
    } catch (InterruptedException stopped) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private static String describe(Throwable broken) {
    Throwable cause = broken.getCause() == null ? broken : broken.getCause();
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    closed = true;
    wake();
    outbox.wake();
    endCurrent();
  }

  /** Ends the rest between two attempts. */
  private void wake() {
    lock.lock();
    try {
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private synchronized void endCurrent() {
    if (current != null) {
      current.close();
    }
  }

  /** Called on the library's thread. One for each connection: a late word of an old one is lost. */
  private final class Receiver implements MqttCallback {
    private @Nullable BrokerConnection connection;

    /** Whether the connection is of use; the library's thread says when it is no more. */
    private volatile boolean usable = true;

    /** Whether the connection brought a command that the disk did not take. */
    private volatile boolean refusing;

    @Override
    public void messageArrived(String topic, MqttMessage message) throws MqttException {
      try {
        commands.accept(message.getPayload());
      } catch (IOException notKept) {
        // Not acknowledged, so the broker sends it again; but only on a new connection.
        refusing = true;
        giveUp("command not kept: " + notKept.getMessage());
        return;
      }
      if (connection != null) {
        connection.acknowledge(message.getId(), message.getQos());
      }
    }

    @Override
    public void connectionLost(@Nullable Throwable cause) {
      giveUp(cause == null ? "closed" : describe(cause));
    }

    /** Unless it is over already: the library's thread may have been faster. */
    synchronized void connected() {
      if (usable) {
        state.connected();
      }
    }

    private void giveUp(String why) {
      synchronized (this) {
        if (usable) {
          usable = false;
          state.broken(why);
        }
      }
      outbox.wake();
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
