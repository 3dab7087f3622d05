// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/**
 * One request's way, stage by stage: it is <em>admitted</em> by its head, <em>received</em>,
 * <em>worked on</em> (unpacked and answered by its route: parsed, validated, run), and its answer
 * is <em>sent</em>.
 *
 * <p>Only work holds a thread. While the client sends or fetches, the request can be ended at any
 * moment: because it is too slow, or because its memory is needed for one that holds less.
 */
final class Exchange {
  private enum Stage {
    RECEIVING,
    WORKING,
    SENDING,
    OVER
  }

  /** What all requests of a server share. */
  interface House {
    /** The route that answers, or a refusal. */
    Route route(Request request) throws CallRefusal;

    /** What the route says, whatever happens. */
    Answer ask(Route route, Call call);

    /** A refusal, as an answer. */
    Answer refuse(HttpRefusal refusal);

    void work(Object user, Runnable work) throws CallRefusal;

    /** Ends the process: after an error nobody knows what still works. */
    void fatal(Error end);

    long nanoTime();
  }

  /** Ends it however fast it is. */
  private static final ClientPace NO_PACE =
      new ClientPace(Duration.ZERO, Duration.ZERO, 0, Duration.ZERO);

  private final House house;
  private final Client client;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final MemoryShare memory;
  private final ReentrantLock lock = new ReentrantLock();

  /** These belong to whoever holds the lock. */
  private Stage stage = Stage.RECEIVING;

  private Optional<Body> body = Optional.empty();
  private long since;
  private long sent;
  private boolean answered;

  Exchange(
      House house,
      Client client,
      MemoryBudget budget,
      Request request,
      Response response,
      Callback callback) {
    this.house = house;
    this.client = client;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.memory = budget.open(client.user(), this::giveWay);
    this.since = house.nanoTime();
  }

  /** First stage: is there such a place, can it take a body of that kind and size at all? */
  void admit() {
    client.begin(this);
    try {
      Route route = house.route(request);
      long limit = route.bodyLimit();
      ContentCoding coding = ContentCoding.of(request.getHeaders());
      if (request.getLength() > limit) {
        throw CallRefusal.tooLarge(limit);
      }
      if (request.getLength() > memory.limit()) {
        throw CallRefusal.takesTooMuch(memory.limit());
      }
      Body taken = new Body(memory, limit);
      lock.lock();
      try {
        body = Optional.of(taken);
      } finally {
        lock.unlock();
      }
      receive(route, coding, taken);
    } catch (CallRefusal refusal) {
      refuseOnce(refusal);
    }
  }

  /** Second stage: takes what has come, and is called again when there is more. */
  private void receive(Route route, ContentCoding coding, Body taken) {
    try {
      if (receivedAll(route, coding, taken)) {
        house.work(client.user(), () -> work(route, coding, taken));
      }
    } catch (CallRefusal refusal) {
      refuseOnce(refusal);
    } catch (Error end) {
      house.fatal(end);
    }
  }

  /** Unless somebody else has answered meanwhile. */
  private void refuseOnce(CallRefusal refusal) {
    lock.lock();
    try {
      if (stage == Stage.SENDING || stage == Stage.OVER || answered) {
        return;
      }
      answered = true;
      stage = Stage.WORKING;
    } finally {
      lock.unlock();
    }
    refuse(refusal);
  }

  private boolean receivedAll(Route route, ContentCoding coding, Body taken) throws CallRefusal {
    lock.lock();
    try {
      while (stage == Stage.RECEIVING) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(
              Invocable.from(InvocationType.NON_BLOCKING, () -> receive(route, coding, taken)));
          return false;
        }
        if (Content.Chunk.isFailure(chunk)) {
          gone(chunk.getFailure());
          return false;
        }
        append(taken, chunk);
        if (chunk.isLast()) {
          stage = Stage.WORKING;
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private static void append(Body taken, Content.Chunk chunk) throws CallRefusal {
    try {
      taken.append(chunk.getByteBuffer());
    } finally {
      chunk.release();
    }
  }

  /** Third stage, on a thread of its own. */
  private void work(Route route, ContentCoding coding, Body taken) {
    Answer answer;
    try {
      Body plain = coding.decode(taken, memory, route.bodyLimit());
      answer = house.ask(route, new JettyCall(request, JettyCall.path(request), plain, memory));
    } catch (CallRefusal refusal) {
      answer = house.refuse(refusal);
    } catch (Error end) {
      house.fatal(end);
      return;
    }
    send(answer, true);
  }

  /** Answers before the request was received as a whole; the connection ends with it. */
  private void refuse(HttpRefusal refusal) {
    forget();
    send(house.refuse(refusal), false);
  }

  /** Last stage: writes the answer as fast as the client fetches it. */
  private void send(Answer answer, boolean whole) {
    lock.lock();
    try {
      stage = Stage.SENDING;
      since = house.nanoTime();
      body = Optional.empty();
    } finally {
      lock.unlock();
    }
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    if (answer.length().isPresent()) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length().getAsLong());
    } else { // Not to the end of the connection: a client must see where it was cut off.
      response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
    }
    answer.headers().forEach(response.getHeaders()::put);
    if (!whole) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    new Sending(answer.pieces().iterator()).iterate();
  }

  /** Piece after piece, each when the one before is gone. */
  private final class Sending extends IteratingCallback {
    private final Iterator<ByteBuffer> pieces;
    private long underWay;

    Sending(Iterator<ByteBuffer> pieces) {
      this.pieces = pieces;
    }

    @Override
    protected Action process() {
      if (!pieces.hasNext()) {
        return Action.SUCCEEDED;
      }
      ByteBuffer piece = pieces.next();
      underWay = piece.remaining();
      response.write(!pieces.hasNext(), piece, this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onSuccess() {
      lock.lock();
      try {
        sent += underWay;
      } finally {
        lock.unlock();
      }
    }

    @Override
    protected void onCompleteSuccess() {
      over();
      callback.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      gone(cause);
    }
  }

  /** Ends what the client is too slow at. */
  void look(long now, ClientPace pace) {
    endIf(pace, now, CallRefusal.slow());
  }

  /** Gives its memory to another request, unless it is being worked on. */
  boolean giveWay() {
    return endIf(NO_PACE, 0, CallRefusal.busy("the memory"));
  }

  private boolean endIf(ClientPace pace, long now, CallRefusal why) {
    if (!lock.tryLock()) {
      return false; // it is moving; and whoever holds the lock may wait for the one who asks
    }
    Stage seen;
    try {
      seen = stage;
      boolean waits = seen == Stage.RECEIVING || seen == Stage.SENDING;
      long moved = seen == Stage.SENDING ? sent : body.map(Body::length).orElse(0L);
      if (!waits || (!pace.equals(NO_PACE) && !pace.isTooSlow(now - since, moved))) {
        return false;
      }
      if (seen == Stage.RECEIVING) {
        answered = true;
        stage = Stage.WORKING;
      }
    } finally {
      lock.unlock();
    }
    if (seen == Stage.RECEIVING) {
      refuse(why);
    } else {
      abort();
    }
    return true;
  }

  private void abort() {
    forget();
    request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  /** The client is not there any more. */
  private void gone(Throwable cause) {
    over();
    callback.failed(cause);
  }

  private void over() {
    lock.lock();
    try {
      stage = Stage.OVER;
      body = Optional.empty();
    } finally {
      lock.unlock();
    }
    forget();
    client.end(house.nanoTime());
  }

  private void forget() {
    memory.close();
  }
}
