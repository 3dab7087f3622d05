package dev.bartizan.agent.mqtt;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the broker, made again whenever it breaks; one thread that sends.
 *
 * <p>Reconnecting is done here and not by the library, which neither adds jitter nor says why it
 * failed: a whole fleet that lost its broker must not come back in the same second.
 */
@TouchesTheWorld("the network: one MQTT connection, and the thread that serves it")
public final class BrokerLink implements AutoCloseable {
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

  /** The state of a link that works. */
  public static final String CONNECTED = "connected";

  private static final int QOS = 1;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What is under way when a connection is closed stays in the outbox: nothing to wait for. */
  private static final long AT_ONCE = 0;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  private final Topics topics;
  private final Outbox outbox;
  private final CommandSink commands;
  private final Listener listener;
  private final RandomGenerator random;
  private final MqttClient client;
  private final MqttConnectOptions options;
  private final Thread sender = new Thread(this::run, "broker");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private volatile String state = "not connected yet";
  private volatile boolean closed;

  /** Whether the newest connection is of use; the library's thread says when it is no more. */
  private volatile boolean usable;

  /** Whether the newest connection brought a command that the disk did not take. */
  private volatile boolean refusing;

  /**
   * @param broker {@code ssl://HOST:PORT}
   * @param tls presents the device's certificate and trusts the fleet's
   */
  public BrokerLink(
      URI broker,
      SSLContext tls,
      Ueid device,
      Set<String> groups,
      Outbox outbox,
      CommandSink commands,
      Listener listener,
      RandomGenerator random)
      throws IOException {
    this.topics = new Topics(device, groups);
    this.outbox = outbox;
    this.commands = commands;
    this.listener = listener;
    this.random = random;
    this.options = options(tls);
    try {
      this.client = new MqttClient(broker.toString(), device.text(), new MemoryPersistence());
    } catch (MqttException | IllegalArgumentException unusable) {
      throw new IOException("broker " + broker + ": " + unusable.getMessage(), unusable);
    }
    client.setManualAcks(true);
    client.setTimeToWait(PATIENCE.toMillis());
    client.setCallback(new Receiver());
  }

  private static MqttConnectOptions options(SSLContext tls) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setSocketFactory(tls.getSocketFactory());
    options.setHttpsHostnameVerificationEnabled(true);
    // The broker keeps commands for a device that is away.
    options.setCleanSession(false);
    options.setKeepAliveInterval((int) KEEP_ALIVE.toSeconds());
    options.setConnectionTimeout((int) PATIENCE.toSeconds());
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    return options;
  }

  /** Connects in the background, and keeps at it until closed. */
  public void start() {
    sender.setDaemon(true);
    sender.start();
  }

  /** {@link #CONNECTED}, or why not. */
  public String state() {
    return state;
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      failures = stayConnected() ? 1 : failures + 1;
      pause(failures);
    }
  }

  /** Returns, when it is over, whether the connection was worth having. */
  private boolean stayConnected() {
    boolean connected = false;
    try {
      connect();
      connected = true;
      sendWhileUsable();
    } catch (MqttException | IOException broken) {
      become(describe(broken));
    } catch (InterruptedException stopped) {
      closed = true;
    }
    return connected && !refusing;
  }

  private void connect() throws MqttException {
    if (client.isConnected() && !usable) {
      client.disconnect(AT_ONCE);
    }
    usable = true;
    refusing = false;
    if (!client.isConnected()) {
      client.connect(options);
    }
    for (String topic : topics.commands()) {
      client.subscribe(topic, QOS);
    }
    become(CONNECTED);
  }

  private void sendWhileUsable() throws MqttException, IOException, InterruptedException {
    while (!closed) {
      Optional<Outbox.Waiting> waiting = outbox.awaitOldest(() -> usable && !closed);
      if (waiting.isEmpty()) {
        return;
      }
      send(waiting.get());
    }
  }

  private void send(Outbox.Waiting waiting) throws MqttException, IOException {
    Message message = waiting.message();
    // Blocks until the broker has acknowledged; throws when the connection is gone.
    client.publish(topics.of(message.channel()), message.payload().toArray(), QOS, false);
    outbox.remove(waiting);
  }

  /** Waits between attempts: doubling, capped, and anywhere in the second half of that. */
  private void pause(int failures) {
    long cap = FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10);
    long longest = Math.min(cap, LONGEST_PAUSE.toMillis());
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(random.nextLong(longest / 2, longest + 1));
      while (nanos > 0 && !closed) {
        nanos = woken.awaitNanos(nanos);
      }
    } catch (InterruptedException stopped) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void become(String now) {
    if (!now.equals(state)) {
      state = now;
      listener.changed(now);
    }
  }

  private static String describe(Exception broken) {
    Throwable cause = broken.getCause() == null ? broken : broken.getCause();
    return "not connected: " + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      woken.signalAll();
    } finally {
      lock.unlock();
    }
    outbox.wake();
    try {
      if (client.isConnected()) {
        client.disconnect(AT_ONCE);
      }
      client.close(true);
    } catch (MqttException alreadyGone) {
      // There is nobody left to tell.
    }
  }

  /** Called on the library's thread. */
  private final class Receiver implements MqttCallbackExtended {
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
      client.messageArrivedComplete(message.getId(), message.getQos());
    }

    @Override
    public void connectComplete(boolean reconnect, String server) {}

    @Override
    public void connectionLost(@Nullable Throwable cause) {
      giveUp("not connected: " + (cause == null ? "closed" : cause.getMessage()));
    }

    private void giveUp(String why) {
      usable = false;
      become(why);
      outbox.wake();
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
